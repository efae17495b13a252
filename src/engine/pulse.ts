import { second, type Millis } from '../core/time.ts'
import type { Clock } from '../ports.ts'

const beat: Millis = 5 * second
/** A busy machine is late by seconds, and a soak in which it was is worth no less. */
const bearable: Millis = 15 * second

export interface Pulse {
  /** For how long nobody looked, since this was asked before; 0: somebody did all the time. */
  missed(): Millis
}

interface PulseOptions {
  readonly clock: Clock
  /** The time of the run. */
  readonly now: () => Millis
  readonly signal: AbortSignal
}

/**
 * Whether this process was awake while time went by. A laptop that is closed, a process that is stopped and a clock that
 * is set ahead have in common that more time is over than anybody looked at: a soak of ten minutes would be over at once.
 */
export function pulseOf({ clock, now, signal }: PulseOptions): Pulse {
  let last = now()
  let missed: Millis = 0
  const feel = (): void => {
    const at = now()
    if (at - last > bearable) missed += at - last
    last = at
  }
  void (async () => {
    while (!signal.aborted) {
      await clock.sleep(beat, signal)
      feel()
    }
  })()
  return {
    missed: () => {
      feel()
      const over = missed
      missed = 0
      return over
    },
  }
}
