import type { Millis } from '../core/time.ts'
import type { Clock } from '../ports.ts'

/**
 * The time of a run: at least that of its `last` entry, and from there it goes on, however far the clocks of its drivers'
 * machines differ, and also where one is set back under a driver. A run whose time stood still would wait for nothing.
 */
export function runClock(clock: Clock, last: Millis): () => Millis {
  let seen = { now: Math.max(clock.now(), last), elapsed: clock.elapsed() }
  return () => {
    const elapsed = clock.elapsed()
    seen = { now: Math.max(clock.now(), seen.now + elapsed - seen.elapsed), elapsed }
    return Math.floor(seen.now)
  }
}
