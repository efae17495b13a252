import type { Track } from '../core/plan.ts'
import type { Sample, Samples, SideSample } from '../core/sample.ts'
import { second } from '../core/time.ts'
import type { Increment } from './counters.ts'
import { type History, noHistory } from './history.ts'

/** What the samples of a unit say, as the history that they were taken from; the user's own queries are not in it. */
export function replayed({ header, samples }: Samples, unit: string): History {
  const own = samples.filter((sample) => sample.unit === unit && sample.down === undefined)
  const increments = (['new', 'stable'] as const).flatMap((track) => incrementsOf(own, track, header.began))
  const counted = own.filter((sample) => sample.new.requests !== undefined)
  const last = counted.at(-1)
  return {
    ...noHistory,
    increments: increments.sort((a, b) => a.at - b.at),
    heard: last ? header.began + last.t * second : null,
  }
}

function incrementsOf(samples: readonly Sample[], track: Track, began: number): Increment[] {
  const increments: Increment[] = []
  let before = zero
  for (const sample of samples) {
    const side = sample[track]
    if (side.requests === undefined) continue
    const now = countsOf(side)
    const from = now.requests < before.requests || now.bad < before.bad ? zero : before
    before = now
    const requests = now.requests - from.requests
    if (requests === 0 && now.bad === from.bad) continue
    const buckets = new Map([...now.buckets].map(([le, n]) => [le, n - (from.buckets.get(le) ?? 0)]))
    increments.push({ at: began + sample.t * second, track, requests, bad: now.bad - from.bad, buckets })
  }
  return increments
}

const zero = countsOf({ pods: 0, ready: 0 })

function countsOf({ requests = 0, bad = 0, buckets = {} }: SideSample): Omit<Increment, 'at' | 'track'> {
  const bounds = Object.entries(buckets).map(
    ([le, n]) => [le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le) * second, n] as const,
  )
  return { requests, bad, buckets: new Map(bounds) }
}
