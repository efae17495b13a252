import type { Track } from '../../src/core/plan.ts'
import type { Sample, Samples } from '../../src/core/sample.ts'
import { second, type Millis } from '../../src/core/time.ts'
import type { Increment } from '../../src/judge/counters.ts'
import { noTally, sideSamples, tallied } from '../../src/judge/tally.ts'
import { every, historyOf } from './measured.ts'

export interface Sampled {
  readonly unit: string
  readonly began: Millis
  /** Until then a sample is taken at each interval. */
  readonly until: Millis
  readonly increments: readonly Increment[]
  readonly weight?: (at: Millis) => number
  readonly ready?: (at: Millis, track: Track) => number
  readonly down?: (at: Millis) => boolean
}

/** The samples that a driver takes while these increments are counted. */
export function sampled(of: Sampled): Samples {
  const { unit, began, until, increments, weight = () => 0.25, ready = () => 3, down = () => false } = of
  const samples: Sample[] = []
  let tally = noTally
  for (let at = Math.ceil(began / every) * every; at <= until; at += every) {
    tally = tallied(tally, historyOf(increments.filter((one) => one.at <= at)))
    const pods = (track: Track) => ({ pods: 3, ready: ready(at, track) })
    samples.push({
      t: (at - began) / second,
      unit,
      stage: 'weight-25',
      weight: weight(at),
      ...sideSamples(tally, { new: pods('new'), stable: pods('stable') }),
      ...(down(at) && { down: 'connection refused' }),
    })
  }
  return { header: { v: 1, run: 'r7f3', plan: 'f00d', began }, samples, unread: 0 }
}
