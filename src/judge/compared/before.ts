import type { Reading } from '../../core/metrics.ts'
import { second, type Millis } from '../../core/time.ts'
import { type CountedPod, count, nothingCounted, total } from '../counters.ts'
import { blocksOf, overdispersion, slowOverdispersion } from './overdispersion.ts'
import type { Baseline } from './streams.ts'

type Pods = ReadonlyMap<string, CountedPod>

/** What a source that keeps samples has of stable from before `began`; `null`: nothing. */
export function baselineIn(reading: Reading, pods: Pods, began: Millis): Baseline | null {
  const before = {
    ...reading,
    series: reading.series.map((one) => ({ ...one, samples: one.samples.filter(([at]) => at <= began) })),
  }
  const stable = count(nothingCounted, before, pods).increments.filter(({ track }) => track === 'stable')
  const [first, last] = [stable[0], stable.at(-1)]
  if (!first || !last || first === last) return null
  const blocks = blocksOf(before, pods)
  return {
    over: last.at - first.at,
    counts: total(stable.slice(1)),
    overdispersion: overdispersion(blocks),
    slowOverdispersion: slowOverdispersion(blocks),
    scrape: scrapeOf(before),
  }
}

/**
 * What the stable pods counted since they started: all that a source has which keeps no samples. `over`: since the oldest
 * of them started. How much pods differ can't be told from it.
 */
export function lifetimeOf({ series }: Reading, pods: Pods, over: Millis): Baseline | null {
  const known = new Map([...pods].filter(([, { track }]) => track === 'stable'))
  const lives = series
    .filter(({ track = 'stable' }) => track === 'stable')
    .map((one) => ({ ...one, samples: [[0, 0] as const, ...one.samples.slice(-1)] }))
  const counts = total(count(nothingCounted, { series: lives, missing: [], values: new Map() }, known).increments)
  return counts.requests > 0 ? { over: Math.max(second, over), counts, overdispersion: null } : null
}

/** How often a source takes samples: the middle of the spans between those of a series. `null`: it keeps none. */
export function scrapeOf({ series }: Reading): Millis | null {
  const spans = series.flatMap(({ samples }) => samples.slice(1).map(([at], index) => at - (samples[index]?.[0] ?? at)))
  return spans.sort((a, b) => a - b)[spans.length >> 1] ?? null
}
