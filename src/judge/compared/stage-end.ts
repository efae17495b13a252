import { atLeast } from '../binomial.ts'
import type { Batch, Tolerance } from './e-value.ts'

/**
 * The exact test at the end of a stage: given how many requests failed on both sides together, the chance that so many or
 * more were the new version's if it fails as much as tolerated. Conditioning on the sum makes it blind to how good the day
 * is. Exact for a margin of 0 and rare failures; else it rests on the observed rate of stable.
 */
export function stageEndP(
  { newRequests: nc, newBad: bc, stableRequests: ns, stableBad: bs }: Batch,
  { ratio, margin }: Tolerance,
  overdispersion: number,
): number {
  if (nc === 0) return 1
  const counted = (n: number): number => Math.floor(n / overdispersion)
  if (ratio === 0) return bc / nc <= margin ? 1 : atLeast(counted(bc), Math.round(nc / overdispersion), margin)
  const stable = (bs + 0.5) / (ns + 1)
  // Nothing speaks against a version that failed less than tolerated.
  if (bc / nc <= ratio * stable + margin) return 1
  const effective = ratio + margin / stable
  const theta = (nc * effective) / (nc * effective + ns)
  return atLeast(counted(bc), counted(bc) + counted(bs), theta)
}
