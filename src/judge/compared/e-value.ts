/** Requests and failed requests of both sides since the batch before. */
export interface Batch {
  readonly newRequests: number
  readonly newBad: number
  readonly stableRequests: number
  readonly stableBad: number
}

/** What is tolerated: `new <= ratio * stable + margin`, both as shares of failed requests. */
export interface Tolerance {
  readonly ratio: number
  readonly margin: number
}

/** Rates of failure that a hypothesis says: of the new version, and of stable. */
export interface Rates {
  readonly fresh: number
  readonly stable: number
}

const most = 1 - 1e-12

export const tolerated = ({ ratio, margin }: Tolerance, stable: number): number => ratio * stable + margin

/**
 * The point on the null boundary `(L(x), x)` that is nearest to an alternative in this batch: where
 * `nc r (L - qc) / (L (1 - L)) + ns (x - qs) / (x (1 - x)) = 0`. The left side rises in x, so halving the interval finds
 * it, with Newton-like steps (secants) as long as they stay inside.
 */
export function boundary(
  { newRequests: nc, stableRequests: ns }: Batch,
  { fresh: qc, stable: qs }: Rates,
  tolerance: Tolerance,
): number {
  const { ratio: r, margin: a } = tolerance
  if (r === 0) return qs
  const slope = (x: number): number => {
    const L = tolerated(tolerance, x)
    return (nc * r * (L - qc)) / (L * (1 - L)) + (ns * (x - qs)) / (x * (1 - x))
  }
  const ends = [qs, Math.min((qc - a) / r, (most - a) / r)]
  let [low, high] = [Math.max(1e-15, Math.min(...ends)), Math.min(most, Math.max(...ends))]
  let [atLow, atHigh] = [slope(low), slope(high)]
  if (atLow >= 0) return low
  if (atHigh <= 0) return high
  for (let step = 0; step < 200 && high - low > 1e-16 * Math.max(1, high); step += 1) {
    const secant = low - (atLow * (high - low)) / (atHigh - atLow)
    // A secant that hugs one end converges slowly: every third step halves.
    const x = step % 3 === 2 || !(secant > low && secant < high) ? (low + high) / 2 : secant
    const at = slope(x)
    if (at === 0) return x
    if (at < 0) [low, atLow] = [x, at]
    else [high, atHigh] = [x, at]
    if (high - low <= 1e-14 * high) break
  }
  return (low + high) / 2
}

/**
 * The logarithm of one batch's e-value for an alternative: its likelihood against that of the nearest point of the null
 * boundary. Its expectation is at most 1 whenever `new <= ratio * stable + margin` holds for the true rates, whatever
 * they are, so that the product over batches can be looked at as often as one likes.
 */
export function logEValue(batch: Batch, rates: Rates, tolerance: Tolerance): number {
  const { newRequests: nc, newBad: bc, stableRequests: ns, stableBad: bs } = batch
  const x = boundary(batch, rates, tolerance)
  return bernoulli(nc, bc, rates.fresh, tolerated(tolerance, x)) + bernoulli(ns, bs, rates.stable, x)
}

/** Log-likelihood ratio of `bad` among `of` at rate q against rate p. */
function bernoulli(of: number, bad: number, q: number, p: number): number {
  const failed = bad === 0 ? 0 : bad * Math.log(q / p)
  const good = of - bad === 0 ? 0 : (of - bad) * (Math.log1p(-q) - Math.log1p(-p))
  return failed + good
}
