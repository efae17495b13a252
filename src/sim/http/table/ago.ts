import { type Millis, second } from '../../../core/time.ts'

/** A span as kubectl shows ages: `45s`, `5m30s`, `3h12m`, `2d4h`, `30d` (apimachinery/pkg/util/duration). */
function ago(ms: Millis): string {
  const seconds = Math.floor(ms / second)
  if (seconds < 0) return '0s'
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ]
  if (seconds < 120) return `${seconds}s`
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  return days < 8 ? two(days, 'd', hours % 24, 'h') : `${days}d`
}

const two = (large: number, unit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smallUnit}`

export const since = (time: string | null | undefined, now: Millis): string =>
  time ? ago(now - Date.parse(time)) : '<unknown>'
