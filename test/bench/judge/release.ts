import { minute, second, type Millis } from '../../../src/core/time.ts'
import type { Counts } from '../../../src/judge/counters.ts'
import type { Chance } from './chance.ts'

/** A release as a source of figures sees it. */
export interface Release {
  readonly rps: number
  readonly weight: number
  readonly stable: number
  readonly fresh: number
  /** Until then the new version is as good as stable. */
  readonly onset?: Millis
  readonly latency?: { readonly bounds: readonly Millis[]; readonly stable: Times; readonly fresh: Times }
}

/** Cumulative shares by bound. */
export type Times = readonly number[]

export interface Tick {
  readonly at: Millis
  readonly fresh: Counts
  readonly stable: Counts
}

export const poll: Millis = 5 * second
export const half: Millis = 30 * minute

export function* ticks(release: Release, { poisson }: Chance, until: Millis): Generator<Tick> {
  const { rps, weight, onset = 0, latency } = release
  const side = (share: number, rate: number, times: Times | undefined): Counts => {
    const mean = (rps * share * poll) / second
    if (!latency || !times) {
      const bad = poisson(mean * rate)
      return { requests: bad + poisson(mean * (1 - rate)), bad, buckets: new Map() }
    }
    const buckets = new Map<Millis, number>()
    let within = 0
    for (const [at, le] of latency.bounds.entries()) {
      within += poisson(mean * Math.max(0, (times[at] ?? 1) - (times[at - 1] ?? 0)))
      buckets.set(le, within)
    }
    within += poisson(mean * (1 - (times.at(-1) ?? 1)))
    buckets.set(Number.POSITIVE_INFINITY, within)
    return { requests: within, bad: Math.min(within, poisson(mean * rate)), buckets }
  }
  for (let at = poll; at <= until; at += poll)
    yield {
      at,
      fresh: side(weight, at <= onset ? release.stable : release.fresh, latency?.fresh),
      stable: side(1 - weight, release.stable, latency?.stable),
    }
}

/** Ten minutes of stable before the release. */
export function before(release: Release, chance: Chance): Counts {
  const all = [...ticks({ ...release, weight: 1e-9 }, chance, 10 * minute)].map(({ stable }) => stable)
  const buckets = new Map<Millis, number>()
  for (const { buckets: some } of all) for (const [le, n] of some) buckets.set(le, (buckets.get(le) ?? 0) + n)
  return {
    requests: all.reduce((sum, { requests }) => sum + requests, 0),
    bad: all.reduce((sum, { bad }) => sum + bad, 0),
    buckets,
  }
}

/** The bounds that Prometheus' clients have by default. */
const bounds: readonly Millis[] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000]

/** Response times with a median of 100 ms and a p95 of 228 ms; those of the new version so many times as long. */
export const lognormal = (slower: number): NonNullable<Release['latency']> => {
  const times = (factor: number): Times => bounds.map((le) => normal(Math.log(le / (100 * factor)) / 0.5))
  return { bounds, stable: times(1), fresh: times(slower) }
}

/** The cumulative normal distribution, to seven digits (Abramowitz and Stegun 26.2.17). */
function normal(x: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(x))
  const tail = [1.330_274_429, -1.821_255_978, 1.781_477_937, -0.356_563_782, 0.319_381_53].reduce(
    (sum, one) => t * (one + sum),
    0,
  )
  const above = (Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI)) * tail
  return x > 0 ? 1 - above : above
}
