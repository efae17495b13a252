import { second, type Millis } from '../core/time.ts'
import type { DatedReading, Metrics } from '../ports.ts'

/** Clocks of machines that are kept in time differ by less, and servers say theirs in whole seconds. */
const usual: Millis = 2 * second

/**
 * The same figures, dated by `now`. A source dates its samples by a clock of its own, or by that of this machine, and a
 * run has a time that neither may agree with: what is counted now is of now, else it would be in no window, or in a later
 * one. The two are taken to differ by as much as before, while an answer that came between asking and now can bear it: a
 * slow answer is no other clock.
 */
export function datedBy(now: () => Millis, metrics: Metrics): Metrics {
  let ahead = 0
  return {
    get name() {
      return metrics.name
    },
    every: metrics.every,
    read: async (pods, over, call) => {
      const asked = now()
      const reading = await metrics.read(pods, over, call)
      if ('down' in reading) return reading
      const [least, most] = [asked - reading.at, now() - reading.at]
      if (ahead < least - usual || ahead > most + usual) ahead = Math.round((least + most) / 2)
      return moved(reading, ahead)
    },
    [Symbol.asyncDispose]: () => metrics[Symbol.asyncDispose](),
  }
}

const moved = (reading: DatedReading, ahead: Millis): DatedReading =>
  ahead === 0
    ? reading
    : {
        ...reading,
        at: reading.at + ahead,
        series: reading.series.map((one) => ({
          ...one,
          samples: one.samples.map(([at, value]) => [at + ahead, value] as const),
        })),
      }
