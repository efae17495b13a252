import type { Millis } from '../../src/core/time.ts'
import type { Clock } from '../../src/ports.ts'

export interface VirtualClock extends Clock {
  /** Time stands still until this is done: for work that really takes time (a disk, a socket, a process). */
  during<T>(work: Promise<T>): Promise<T>
  /** How many sleep now. */
  sleepers(): number
}

interface Sleeper {
  readonly wake: Millis
  readonly rise: () => void
}

/**
 * A clock for tests: a day takes no time. When everybody sleeps, it jumps to the moment at which the first one wakes.
 * "Everybody" means that the event loop came round without anyone going to sleep, waking or working `during`.
 */
export function virtualClock(start: Millis = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = start
  let working = 0
  let jump: NodeJS.Immediate | undefined
  const sleepers = new Set<Sleeper>()

  const arrange = () => {
    if (jump !== undefined) clearImmediate(jump)
    jump = working > 0 || sleepers.size === 0 ? undefined : setImmediate(leap)
  }
  const leap = () => {
    jump = undefined
    now = Math.max(now, Math.min(...[...sleepers].map((sleeper) => sleeper.wake)))
    for (const sleeper of sleepers) if (sleeper.wake <= now) sleeper.rise()
  }

  return {
    now: () => now,
    elapsed: () => now - start,
    sleepers: () => sleepers.size,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || !(ms > 0)) return resolve()
        const rise = () => {
          sleepers.delete(sleeper)
          signal.removeEventListener('abort', rise)
          arrange()
          resolve()
        }
        const sleeper: Sleeper = { wake: now + ms, rise }
        sleepers.add(sleeper)
        signal.addEventListener('abort', rise)
        arrange()
      }),
    async during(work) {
      working += 1
      arrange()
      try {
        return await work
      } finally {
        working -= 1
        arrange()
      }
    },
  }
}
