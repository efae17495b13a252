/** A shift between two samples, as R's `wilcox.test` estimates it with a normal approximation. */
export interface Shift {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/**
 * By how much `fresh` lies above `stable`: those shifts that a two-sided Mann-Whitney test at `z` does not reject, with
 * correction for continuity and ties. `null`: all values are the same, so that it can't be told.
 */
export function shiftOf(fresh: readonly number[], stable: readonly number[], z: number): Shift | null {
  const least = Math.min(...fresh) - Math.max(...stable)
  const most = Math.max(...fresh) - Math.min(...stable)
  if (least === 0 && most === 0) return null
  const root = (quantile: number): number => {
    let [low, high] = [least, most]
    for (let step = 0; step < 60; step += 1) {
      const middle = (low + high) / 2
      if (statistic(fresh, stable, middle) > quantile) low = middle
      else high = middle
    }
    return (low + high) / 2
  }
  return { estimate: root(0), low: root(z), high: root(-z) }
}

/** Falls as the shift grows. */
function statistic(fresh: readonly number[], stable: readonly number[], shift: number): number {
  const [m, n] = [fresh.length, stable.length]
  const { sum, ties } = rankSum(
    fresh.map((value) => value - shift),
    stable,
  )
  const deviation = sum - (m * (m + 1)) / 2 - (m * n) / 2
  const variance = ((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1)))
  return (deviation - Math.sign(deviation) * 0.5) / Math.sqrt(variance)
}

/** The ranks of the first sample among both, equal values sharing theirs. */
function rankSum(first: readonly number[], second: readonly number[]): { readonly sum: number; readonly ties: number } {
  const all = [...first.map((value) => [value, 1] as const), ...second.map((value) => [value, 0] as const)].sort(
    ([a], [b]) => a - b,
  )
  let [sum, ties, at] = [0, 0, 0]
  while (at < all.length) {
    let end = at + 1
    while (all[end]?.[0] === all[at]?.[0]) end += 1
    const rank = (at + 1 + end) / 2
    for (const [, own] of all.slice(at, end)) sum += own * rank
    ties += (end - at) ** 3 - (end - at)
    at = end
  }
  return { sum, ties }
}
