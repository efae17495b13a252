import type { BaselineBound, Rule } from '../../core/evidence.ts'
import { guessed, type StableRate } from './stable-rate.ts'
import { slowBounds } from './latency-streams.ts'
import { type Baseline, type OtherMetric, type Stream, streamsOf } from './streams.ts'
import type { Terms } from './terms.ts'

interface HeldTo {
  readonly bounds: readonly BaselineBound[]
  readonly objectives: readonly Rule[]
  readonly baseline: Baseline | null
  /** Whether latency is counted. */
  readonly latency: boolean
}

/** All that a release is held to by comparing: the metrics, bounds of before, and what is promised; and what can't be. */
export function streamsHeldTo(
  terms: Terms,
  { bounds, objectives, baseline, latency }: HeldTo,
): { readonly streams: readonly Stream[]; readonly missing: readonly string[] } {
  const others = boundsOf(bounds, baseline, terms)
  const { streams, missing } = streamsOf(terms, {
    baseline,
    latency,
    others: [...others.metrics, ...promisesOf(objectives, baseline?.counts.buckets, terms)],
  })
  return { streams, missing: [...missing, ...others.missing] }
}

/**
 * Bounds that are made from what stable did before the release, as metrics of their own: only the new pods count, so they
 * hold after stable has gone, too.
 */
export function boundsOf(
  bounds: readonly BaselineBound[],
  baseline: Baseline | null,
  terms: Pick<Terms, 'tolerance' | 'latency'>,
): { readonly metrics: readonly OtherMetric[]; readonly missing: readonly string[] } {
  const all = bounds.map((bound) => ({ bound, metric: baseline && metricOf(bound, baseline, terms) }))
  return {
    metrics: all.flatMap(({ metric }) => metric ?? []),
    missing: all.flatMap(({ bound, metric }) =>
      metric ? [] : [`${bound.text}: nothing is known of stable from before the release`],
    ),
  }
}

function metricOf(
  { text, figure, factor }: BaselineBound,
  { counts }: Baseline,
  { tolerance, latency }: Pick<Terms, 'tolerance' | 'latency'>,
): OtherMetric | null {
  if (figure.kind === 'latency') {
    const [main] = slowBounds(counts.buckets, { quantile: figure.quantile, slowdown: factor - 1 })
    const all = counts.buckets.get(Number.POSITIVE_INFINITY) ?? 0
    if (!main || all === 0) return null
    const seed = { requests: all, bad: all - (counts.buckets.get(main.bound) ?? 0) }
    const margin = main.slope * guessed(seed) + main.margin + latency.margin
    return { ...heldTo(text, margin, seed), bound: main.bound, from: latency.warmUp }
  }
  if (counts.requests === 0) return null
  const seed = { requests: counts.requests, bad: counts.bad }
  const rate = guessed(seed)
  const allowed = figure.kind === 'availability' ? 1 - factor * (1 - rate) : factor * rate
  return heldTo(text, allowed + tolerance.margin, seed)
}

/**
 * What is promised, as metrics of their own: a promise that is broken shows at once, not only at the end of a soak. Of
 * latencies those whose bound is a bucket; the others are held against the end of the soak alone.
 */
export const promisesOf = (
  objectives: readonly Rule[],
  buckets: ReadonlyMap<number, number> | undefined,
  { latency }: Pick<Terms, 'latency'>,
): readonly OtherMetric[] =>
  objectives.flatMap(({ text, figure, value }): OtherMetric[] => {
    const nothing = { requests: 0, bad: 0 }
    if (figure.kind === 'availability') return [heldTo(text, 1 - value, nothing)]
    if (figure.kind !== 'latency' || !buckets?.has(value)) return []
    return [{ ...heldTo(text, 1 - figure.quantile, nothing), bound: value, from: latency.warmUp }]
  })

/** A ratio of 0: stable beside it does not count. */
const heldTo = (name: string, margin: number, seed: StableRate): OtherMetric => {
  const held = { ratio: 0, margin: Math.min(0.9, margin) }
  return { name, tolerance: held, advance: held, seed }
}
