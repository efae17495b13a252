import type { Labels } from '../../core/matchers.ts'
import type { Counted, Latency, Selector } from '../../core/metrics.ts'
import { sameKeys } from '../../core/same-keys.ts'
import type { Millis } from '../../core/time.ts'
import { numberOf } from './exposition.ts'
import { difference } from './identity.ts'

export const bucketsOf = ({ selector }: Latency): Selector => ({ ...selector, name: `${selector.name}_bucket` })

/** The name of the histogram that these are the buckets of. */
export const histogramOf = ({ name }: Selector): string => name.replace(/_bucket$/, '')

export const bucketIn =
  (unit: Millis) =>
  ({ le = '' }: Labels): Counted | null => {
    const bound = numberOf(le)
    // Not 0.30000000000000004 s: the same bound is the same number wherever it was read.
    return bound === null || Number.isNaN(bound) ? null : { le: Number((bound * unit).toPrecision(12)) }
  }

export interface Bucket {
  /** Of its series. */
  readonly id: string
  readonly labels: Labels
  readonly le: Millis
}

interface Histogram {
  readonly labels: Labels
  readonly bounds: Set<Millis>
}

/**
 * Why the histograms of a pod can't be added up; `null`: they can. The sum of a bound that only some of them have lacks
 * the requests of the others, so those would all seem to be slower.
 */
export function differentBuckets(selector: Selector, buckets: readonly Bucket[]): string | null {
  const histograms = new Map<string, Histogram>()
  for (const { id, labels, le } of buckets) {
    const key = id.replace(boundInId, '')
    const histogram = histograms.get(key) ?? { labels: { ...labels, le: '' }, bounds: new Set() }
    histogram.bounds.add(le)
    histograms.set(key, histogram)
  }
  const [first, ...others] = histograms.values()
  const other = first && others.find(({ bounds }) => !sameKeys(bounds, first.bounds))
  if (!other) return null
  const example = `${difference(first.labels, other.labels)}, ${difference(other.labels, first.labels)}`
  return `${histogramOf(selector)} has different buckets in one page (${example}): name one of them with labels in latency`
}

/** Quotes in other values are escaped. To make an id without the label would take as long as to read its line. */
const boundInId = /(?<=[{,])le="[^"]*",?/
