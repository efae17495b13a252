import type { StageDetection } from '../core/detection.ts'
import { rpsText } from '../core/detection-warning.ts'
import { span } from '../core/time.ts'
import { percentText } from '../judge/weigh.ts'

/** `finds 1.1 % errors in 1 min 24 s, latency ×1.3 in 70 s, at 120 rps · a good version goes on after 5 min`. */
export function detectionText(
  { stage, rps, needs, smallest, slower, early }: StageDetection,
  isLeast: boolean,
): string {
  const errors = needs.find(({ metric }) => metric === 'errors')
  const found =
    errors === undefined
      ? []
      : errors.after <= stage.soak
        ? [`${percentText(errors.worse)} errors in ${span(errors.after)}`]
        : [smallest === null ? 'no errors' : `${percentText(smallest)} errors and not ${percentText(errors.worse)}`]
  const all = [...found, ...(slower ? [`latency ×${slower.factor} in ${span(slower.after)}`] : [])]
  if (all.length === 0) return ''
  const finds = `finds ${all.join(', ')} at ${rpsText(rps)}${isLeast ? ', the least of these clusters' : ''}`
  return early === null ? finds : `${finds} · a good version goes on after ${span(early)}`
}
