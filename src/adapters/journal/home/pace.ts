import { type Millis, second } from '../../../core/time.ts'
import type { Clock } from '../../../ports.ts'

export interface Pace {
  /** Resolves when one more request may be made, and counts it. */
  turn(signal: AbortSignal): Promise<void>
}

/** One a second on average, and so many at once after a quiet time: a release is a burst now and then. */
const burst = 60
const every: Millis = second

/** A token bucket: a run must not be what an API server is busy with. */
export function paceOf(clock: Clock): Pace {
  let left = burst
  let counted = clock.now()
  const refilled = (): number => {
    const now = clock.now()
    left = Math.min(burst, left + Math.max(0, now - counted) / every)
    counted = now
    return left
  }
  return {
    async turn(signal) {
      for (let has = refilled(); has < 1 && !signal.aborted; has = refilled())
        await clock.sleep(Math.ceil((1 - has) * every), signal)
      left -= 1
    },
  }
}
