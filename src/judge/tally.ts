import type { Track } from '../core/plan.ts'
import type { BaselineSample, SideSample } from '../core/sample.ts'
import { second, type Millis } from '../core/time.ts'
import { type Counts, type Increment, none, total } from './counters.ts'
import type { Baseline } from './compared/streams.ts'
import type { History } from './history.ts'

/** What each track has counted in all. A history forgets what no window can reach any more; this doesn't. */
export interface Tally {
  readonly counts: Readonly<Record<Track, Counts>>
  readonly last: Increment | null
  readonly heard: boolean
}

export const noTally: Tally = { counts: { new: none, stable: none }, last: null, heard: false }

/** Adds what a history has got since the tally was made. */
export function tallied(before: Tally, { increments, heard }: History): Tally {
  // Increments come at the end and keep their identity; where the last one is forgotten, all that is left is new.
  const fresh = increments.slice(before.last === null ? 0 : increments.lastIndexOf(before.last) + 1)
  const of = (track: Track): Counts => total([before.counts[track], ...fresh.filter((one) => one.track === track)])
  return { counts: { new: of('new'), stable: of('stable') }, last: fresh.at(-1) ?? before.last, heard: heard !== null }
}

export interface PodNumbers {
  readonly pods: number
  readonly ready: number
}

/** Both sides as they stand in a sample. */
export function sideSamples(
  { counts, heard }: Tally,
  pods: Readonly<Record<Track, PodNumbers>>,
): Record<Track, SideSample> {
  const of = (track: Track): SideSample => ({ ...pods[track], ...(heard && countsOf(counts[track])) })
  return { new: of('new'), stable: of('stable') }
}

export const baselineSample = ({
  over,
  counts,
  overdispersion,
  slowOverdispersion,
  scrape,
}: Baseline): BaselineSample['baseline'] => ({
  v: 1,
  seconds: over / second,
  ...countsOf(counts),
  ...(overdispersion !== null && { phi: overdispersion }),
  ...(slowOverdispersion && slowOverdispersion.size > 0 && { slowPhi: byBound(slowOverdispersion) }),
  ...(scrape && { scrape: scrape / second }),
})

const countsOf = ({
  requests,
  bad,
  buckets,
}: Counts): Pick<BaselineSample['baseline'], 'requests' | 'bad' | 'buckets'> => ({
  requests,
  bad,
  ...(buckets.size > 0 && { buckets: byBound(buckets) }),
})

const byBound = (all: ReadonlyMap<Millis, number>): Readonly<Record<string, number>> =>
  Object.fromEntries([...all].sort(([a], [b]) => a - b).map(([le, n]) => [boundText(le), n]))

const boundText = (le: number): string => (Number.isFinite(le) ? String(Number((le / second).toFixed(6))) : '+Inf')
