import type { Clock } from '../ports.ts'
import type { Millis } from '../core/time.ts'

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0 && !signal.aborted; left -= longest) await timer(Math.min(left, longest), signal)
  },
}

/** Node's timers fire at once when they are given more (about 25 days). */
const longest: Millis = 2 ** 31 - 1

const timer = (ms: Millis, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(pending)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const pending = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
