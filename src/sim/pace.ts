import type { Millis } from '../core/time.ts'
import type { Timeline } from './timeline.ts'

export interface Pace extends Disposable {
  /** Seconds of the simulated world in one second outside. */
  readonly speed: number
}

/** Short enough that nobody outside sees time stand still. */
const beat: Millis = 5
/** A process that stood still for longer does not make the world leap: deadlines in it would pass unseen. */
const longestBeat: Millis = 50

/** Lets simulated time pass with the time outside, so many times as fast, until disposed of. For those who look in from outside. */
export function keepPace(timeline: Pick<Timeline, 'push'>, speed: number): Pace {
  let last = performance.now()
  let left = 0
  timeline.push(0)
  const timer = setInterval(() => {
    const now = performance.now()
    const passed = Math.min(now - last, longestBeat) * speed + left
    last = now
    left = passed % 1
    timeline.push(Math.floor(passed))
  }, beat)
  return { speed, [Symbol.dispose]: () => clearInterval(timer) }
}
