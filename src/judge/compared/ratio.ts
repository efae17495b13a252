import type { Batch } from './e-value.ts'

/**
 * How many times stable's rate the new version's is, as a confidence sequence: at any time the interval holds the true
 * ratio, unless the whole sequence is one of the few (alpha) that ever miss it. For display, never for a verdict.
 */
export type RatioEvidence = readonly number[]

const [least, greatest, points] = [1 / 50, 500, 101]

/** Ratios that are held against the data, evenly on a logarithmic scale. */
const ratios: readonly number[] = Array.from(
  { length: points },
  (_, at) => least * (greatest / least) ** (at / (points - 1)),
)

const density = (x: number, sd: number): number => Math.exp(-((x / sd) ** 2) / 2) / (sd * Math.sqrt(2 * Math.PI))
const weights = ratios.map((ratio) => density(Math.log(ratio), 1.5) + 0.05)
const allWeights = weights.reduce((sum, one) => sum + one, 0)
/** What was expected of each ratio beforehand: near 1 rather than far. */
const priors = weights.map((one) => Math.log(one / allWeights))

export const noRatio: RatioEvidence = ratios.map(() => 0)

/**
 * Of all failures of a batch, so many are the new version's: that depends on the ratio alone, not on how good the day is.
 * Kept to a thousandth, so that a checkpoint is short and a run that is resumed says the same.
 */
export function ratioLearnt(
  evidence: RatioEvidence,
  { newRequests: nc, newBad: bc, stableRequests: ns, stableBad: bs }: Batch,
): RatioEvidence {
  if (bc + bs === 0 || nc === 0 || ns === 0) return evidence
  return ratios.map((ratio, at) => {
    const theta = (nc * ratio) / (nc * ratio + ns)
    const grown = (evidence[at] ?? 0) + bc * Math.log(theta) + bs * Math.log1p(-theta)
    // Nothing is added so that -0, which JSON has not, becomes 0.
    return Math.round(grown * 1000) / 1000 + 0
  })
}

export interface Interval {
  readonly low: number
  readonly high: number
  /** The ends of the scale: beyond them nothing is told apart. */
  readonly open: { readonly low: boolean; readonly high: boolean }
}

export function ratioInterval(evidence: RatioEvidence, alpha: number): Interval {
  const mixed = evidence.map((one, at) => one + (priors[at] ?? 0))
  const highest = Math.max(...mixed)
  const total = highest + Math.log(mixed.reduce((sum, one) => sum + Math.exp(one - highest), 0))
  const inside = ratios.filter((_, at) => total - (evidence[at] ?? 0) < Math.log(1 / alpha))
  const [low = least, high = greatest] = [inside[0], inside.at(-1)]
  return { low, high, open: { low: low === least, high: high === ratios[points - 1] } }
}
