import type { Millis } from '../core/time.ts'
import type { Counts } from './counters.ts'

type Buckets = Counts['buckets']

/**
 * All requests of a histogram: its widest bucket. Without `+Inf` that would leave the slowest ones out, so then there is
 * no data.
 */
export const countedIn = (buckets: Buckets): number =>
  buckets.has(Number.POSITIVE_INFINITY) ? Math.max(0, ...buckets.values()) : 0

const rising = (buckets: Buckets): (readonly [Millis, number])[] => [...buckets].sort(([a], [b]) => a - b)

/**
 * How many requests took longer than `bound`. Between two buckets the line between them, as `histogram_quantile` does;
 * beyond the last finite bucket, all that lie there: nobody knows how slow they were.
 */
export function slowerThan(buckets: Buckets, bound: Millis): number {
  const all = countedIn(buckets)
  if (all === 0) return 0
  let [belowBound, below] = [0, 0]
  for (const [le, n] of rising(buckets)) {
    if (le >= bound) {
      const part = Number.isFinite(le) && le > belowBound ? (bound - belowBound) / (le - belowBound) : 0
      return all - (below + (n - below) * part)
    }
    ;[belowBound, below] = [le, n]
  }
  return all - below
}

/**
 * The quantile (0 to 1) in milliseconds, by the line between two buckets; `null` without requests. In the last bucket
 * its lower bound, as `histogram_quantile` says it.
 */
export function quantile(buckets: Buckets, q: number): Millis | null {
  const all = countedIn(buckets)
  if (all === 0) return null
  let [belowBound, below] = [0, 0]
  for (const [le, n] of rising(buckets)) {
    if (n >= q * all && n > below) {
      if (!Number.isFinite(le)) return belowBound
      return belowBound + ((le - belowBound) * (q * all - below)) / (n - below)
    }
    ;[belowBound, below] = [le, n]
  }
  return belowBound
}
