import type { Millis } from '../../core/time.ts'
import { type Counts, none } from '../counters.ts'
import type { Batch, Tolerance } from './e-value.ts'
import { slowBounds } from './latency-streams.ts'
import { guessed, type StableRate } from './stable-rate.ts'
import type { Terms } from './terms.ts'

/** Bad requests out of requests: what every metric is reduced to. */
export interface Stream {
  /** `errors`, `latency 250 ms`: unique. */
  readonly name: string
  readonly metric: string
  /** Its part of the evidence; those of all streams add up to 1. */
  readonly weight: number
  /** `null`: requests that failed, or the user's own counts. Else a request is bad that took longer. */
  readonly bound: Millis | null
  readonly back: Tolerance
  readonly on: Tolerance
  readonly overdispersion: number
  /** So long after the new version's first request nothing is compared. */
  readonly from: Millis
  /** What stable did before the release. */
  readonly seed: StableRate
}

/** What the new version's share of bad requests is held to: the bound itself, or a guess of stable's. */
export const baseOf = ({ back, seed }: Pick<Stream, 'back' | 'seed'>, stable: StableRate = seed): number =>
  back.ratio === 0 ? back.margin : guessed(stable)

/** Of each metric the stream that stands first: most of its weight is there. */
export const mainsOf = <T>(all: readonly T[], streamOf: (one: T) => Pick<Stream, 'metric'>): readonly T[] =>
  all.filter((one, at) => all.findIndex((other) => streamOf(other).metric === streamOf(one).metric) === at)

/** For a metric by itself: the evidence of all is averaged, so one that has to decide alone must bring more of it. */
export function termsAlone({ metric, back }: Stream, all: readonly Stream[], terms: Terms): Terms {
  const part = all.reduce((sum, one) => sum + (one.metric === metric ? one.weight : 0), 0)
  return { ...terms, alpha: terms.alpha * part, tolerance: back }
}

/** Stable before the release. */
export interface Baseline {
  readonly over: Millis
  readonly counts: Counts
  /** Of failures; `null`: not known. */
  readonly overdispersion: number | null
  /** Of requests slower than a bound; of one that is not there it is not known. */
  readonly slowOverdispersion?: ReadonlyMap<Millis, number>
  /** How often a source that keeps samples took them; `null` or absent: not known. */
  readonly scrape?: Millis | null
}

/** Bad out of requests of a kind of the user's own, compared or (with a ratio of 0) held against a bound. */
export interface OtherMetric {
  readonly name: string
  readonly tolerance: Tolerance
  readonly advance: Tolerance
  readonly seed: StableRate
  /** As a stream has them; without them failures are counted, from the start. */
  readonly bound?: Millis
  readonly from?: Millis
}

/** As much as the guess of stable's rate keeps in the long run: half-life / ln 2. More would only make it slow. */
const kept: Millis = (10 * 60_000) / Math.LN2

/**
 * What is compared (a metric without weight is not), and what can't be and why. Fixed before the first batch; weights of
 * metrics that are not there go to the others.
 */
export function streamsOf(
  terms: Terms,
  { baseline, others = [], ...wanted }: Wanted,
): { readonly streams: readonly Stream[]; readonly missing: readonly string[] } {
  const latency = wanted.latency && terms.weights.latency > 0
  const share = baseline ? Math.min(1, kept / Math.max(1, baseline.over)) : 0
  const known = (bound: Millis | null): number | null => overdispersionIn(terms, baseline, bound)
  // What is not known of slow requests is guessed to be as it is of failures.
  const phi = (bound: Millis | null): number => Math.max(1, known(bound) ?? known(null) ?? 1)
  const common = { on: terms.advance, overdispersion: phi(null), from: 0, bound: null }
  const errors: Stream = {
    ...common,
    name: 'errors',
    metric: 'errors',
    weight: terms.weights.errors,
    back: terms.tolerance,
    seed: { requests: share * (baseline?.counts.requests ?? 0), bad: share * (baseline?.counts.bad ?? 0) },
  }
  const slow = latency && baseline ? slowStreams(terms, baseline, { share, phi }) : []
  const own = others.map(
    ({ name, tolerance, advance, seed, bound = null, from = 0 }): Stream => ({
      ...common,
      overdispersion: phi(bound),
      bound,
      from,
      name,
      metric: name,
      weight: terms.weights.other / others.length,
      back: tolerance,
      on: advance,
      seed,
    }),
  )
  const streams = [...(terms.weights.errors > 0 ? [errors] : []), ...slow, ...(terms.weights.other > 0 ? own : [])]
  const all = streams.reduce((sum, { weight }) => sum + weight, 0)
  const missing = [
    ...(latency && slow.length === 0 ? [`latency: ${whyNot(baseline)}`] : []),
    ...guessedIn(streams, known),
  ]
  return { streams: streams.map((stream) => ({ ...stream, weight: stream.weight / all })), missing }
}

/** How much more than chance has it stable's pods differ, in failures or in requests slower than a bound. */
function overdispersionIn(
  { overdispersion }: Pick<Terms, 'overdispersion'>,
  baseline: Baseline | null,
  bound: Millis | null,
): number | null {
  if (overdispersion !== 'auto') return overdispersion
  return (bound === null ? baseline?.overdispersion : baseline?.slowOverdispersion?.get(bound)) ?? null
}

/** Of what it is only guessed. */
function guessedIn(streams: readonly Stream[], known: (bound: Millis | null) => number | null): readonly string[] {
  const slow = streams.flatMap(({ bound }) => bound ?? [])
  const isSlowKnown = slow.every((bound) => known(bound) !== null)
  if (known(null) !== null)
    return isSlowKnown ? [] : ['overdispersion of latency: too little to tell it from, taken as that of errors']
  return slow.length > 0 && isSlowKnown
    ? ['overdispersion of errors: too little to tell it from, taken as 1']
    : ['overdispersion: no pods to tell it from, taken as 1']
}

const whyNot = (baseline: Baseline | null): string =>
  (baseline?.counts.buckets.get(Number.POSITIVE_INFINITY) ?? 0) > 0
    ? 'the requests of stable before the release lie in one bucket'
    : 'no histogram of stable from before the release'

interface Wanted {
  readonly baseline: Baseline | null
  readonly latency: boolean
  readonly others?: readonly OtherMetric[]
}

function slowStreams(
  { latency, weights, advance }: Terms,
  { counts: { buckets } }: Baseline,
  { share, phi }: { readonly share: number; readonly phi: (bound: Millis) => number },
): readonly Stream[] {
  const all = buckets.get(Number.POSITIVE_INFINITY) ?? 0
  return slowBounds(buckets, latency).map(({ bound, weight, slope, margin }) => ({
    overdispersion: phi(bound),
    name: `latency ${bound} ms`,
    metric: 'latency',
    weight: weights.latency * weight,
    bound,
    from: latency.warmUp,
    back: { ratio: slope, margin: latency.margin + margin },
    on: { ratio: Math.max(advance.ratio, slope), margin: advance.margin + margin },
    seed: { requests: share * all, bad: share * (all - (buckets.get(bound) ?? 0)) },
  }))
}

/** What a stream counted on both sides; `null`: no data, because a side has none or its buckets disagree. */
export function batchOf(
  { bound, back }: Pick<Stream, 'bound' | 'back'>,
  fresh: Counts | null,
  known: Counts | null,
): Batch | null {
  // What is held against a bound needs no stable beside it.
  const stable = known ?? (back.ratio === 0 ? none : null)
  if (!fresh || !stable) return null
  const [a, b] = bound === null ? [fresh, stable] : [slower(fresh, bound), slower(stable, bound)]
  return a && b && { newRequests: a.requests, newBad: a.bad, stableRequests: b.requests, stableBad: b.bad }
}

/** Buckets count up to their bound, so each holds all of the one before it: where they don't, nothing is known. */
export function agree(buckets: Counts['buckets']): boolean {
  const rising = [...buckets].sort(([a], [b]) => a - b)
  return rising.every(([, n], index) => n >= (rising[index - 1]?.[1] ?? 0)) && buckets.has(Number.POSITIVE_INFINITY)
}

function slower({ requests, buckets }: Counts, bound: Millis): Pick<Counts, 'requests' | 'bad'> | null {
  // A side that answered nothing has no increments of buckets either.
  if (requests === 0 && buckets.size === 0) return { requests: 0, bad: 0 }
  return agree(buckets) ? slowerIn(buckets, bound) : null
}

/** Requests that took longer, in buckets that agree; `null`: it is no bound of theirs. */
export function slowerIn(buckets: Counts['buckets'], bound: Millis): Pick<Counts, 'requests' | 'bad'> | null {
  const [within, all] = [buckets.get(bound), buckets.get(Number.POSITIVE_INFINITY)]
  return within === undefined || all === undefined ? null : { requests: all, bad: all - within }
}
