/** Requests and failed requests of both sides since the batch before. */
export interface Batch {
  readonly newRequests: number
  readonly newBad: number
  readonly stableRequests: number
  readonly stableBad: number
}

export const noBatch: Batch = { newRequests: 0, newBad: 0, stableRequests: 0, stableBad: 0 }

export const added = (a: Batch, b: Batch): Batch => ({
  newRequests: a.newRequests + b.newRequests,
  newBad: a.newBad + b.newBad,
  stableRequests: a.stableRequests + b.stableRequests,
  stableBad: a.stableBad + b.stableBad,
})

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

const [least, most] = [1e-15, 1 - 1e-12]

export const tolerated = ({ ratio, margin }: Tolerance, stable: number): number => ratio * stable + margin

/**
 * The point on the null boundary `(L(x), x)` that is nearest to an alternative in this batch: where
 * `nc r (L - qc) / (L (1 - L)) + ns (x - qs) / (x (1 - x)) = 0`. The left side rises in x, and the point lies between
 * those where one of its halves is zero, so halving the interval finds it.
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
  const ends = [qs, (qc - a) / r]
  let [low, high] = [Math.max(least, Math.min(...ends)), Math.min(most, Math.max(...ends))]
  for (let step = 0; step < 50; step += 1) {
    const x = (low + high) / 2
    if (slope(x) < 0) low = x
    else high = x
  }
  return high
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
  const good = (of - bad) * (Math.log1p(-q) - Math.log1p(-p))
  return failed + good
}
