import type { Millis } from '../../../../src/core/time.ts'
import type { Clock } from '../../../../src/ports.ts'

/** Real time, for sockets need some; but who sleeps, sleeps `factor` times as fast, and time jumps to when he wakes. */
export function fastClock(factor = 100): Clock & { readonly slept: Millis[] } {
  const slept: Millis[] = []
  let ahead: Millis = 0
  const now = (): Millis => Date.now() + ahead
  return {
    slept,
    now,
    elapsed: now,
    sleep: (ms, signal) => {
      slept.push(ms)
      const wake = now() + ms
      return new Promise((resolve) => {
        if (signal.aborted) return resolve()
        const done = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          if (!signal.aborted) ahead = Math.max(ahead, wake - Date.now())
          resolve()
        }
        const timer = setTimeout(done, ms / factor)
        signal.addEventListener('abort', done)
      })
    },
  }
}
