/**
 * ln Γ, by Stirling's series beyond 10 (error below 1e-12) and its recurrence up to there; without its constant ½ ln 2π,
 * which cancels out where two beta functions are compared.
 */
function logGamma(x: number): number {
  let [at, shift] = [x, 0]
  for (; at < 10; at += 1) shift -= Math.log(at)
  const series = 1 / (12 * at) - 1 / (360 * at ** 3) + 1 / (1260 * at ** 5) - 1 / (1680 * at ** 7)
  return shift + (at - 0.5) * Math.log(at) - at + series
}

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b)

/**
 * A rate of failures as a confidence sequence (Robbins' mixture of binomials): those rates that the data does not speak
 * against by 1/alpha, at any time. From 0 to 1, for display.
 */
export function rateInterval(bad: number, of: number, alpha: number): readonly [low: number, high: number] {
  const mixture = logBeta(bad + 0.5, of - bad + 0.5) - logBeta(0.5, 0.5)
  const kept = (p: number): boolean => {
    const likelihood = bad * Math.log(p) + (of - bad) * Math.log1p(-p)
    return mixture - likelihood < Math.log(1 / alpha)
  }
  const best = bad / of
  return [bad === 0 ? 0 : edge(0, best, kept), bad === of ? 1 : edge(1, best, kept)]
}

/** Where `kept` begins to hold on the way from `out` to `within`. */
function edge(out: number, within: number, kept: (p: number) => boolean): number {
  let [a, b] = [out, within]
  for (let step = 0; step < 60; step += 1) {
    const middle = (a + b) / 2
    if (kept(middle)) b = middle
    else a = middle
  }
  return b
}

/**
 * Where a quantile of latency lies, as a confidence sequence over the bounds of a histogram: above the largest bound that
 * too few requests stay below, and up to the smallest bound that too many do. `null` on a side: not known.
 */
export function quantileInterval(
  buckets: ReadonlyMap<number, number>,
  quantile: number,
  alpha: number,
): readonly [above: number | null, upTo: number | null] {
  const all = buckets.get(Number.POSITIVE_INFINITY) ?? 0
  const rates = [...buckets]
    .filter(([le]) => Number.isFinite(le))
    .sort(([a], [b]) => a - b)
    .map(([le, within]) => ({ le, interval: rateInterval(within, all, alpha) }))
  const above = rates.findLast(({ interval }) => interval[1] < quantile)
  const upTo = rates.find(({ interval }) => interval[0] > quantile)
  return [above?.le ?? null, upTo?.le ?? null]
}
