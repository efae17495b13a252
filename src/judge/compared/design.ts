import { second, type Millis } from '../../core/time.ts'
import { boundary, tolerated, type Tolerance } from './e-value.ts'
import { enough, type Terms } from './terms.ts'

/** How much traffic a comparison has. */
export interface Traffic {
  /** Requests in a second, of both versions together. */
  readonly rps: number
  /** The new version's part of them, from 0 to 1. */
  readonly weight: number
}

const kl = (q: number, p: number): number => part(q, p) + part(1 - q, 1 - p)
const part = (q: number, p: number): number => (q === 0 ? 0 : q * Math.log(q / p))
/** What one failure more is worth. */
const gain = (q: number, p: number): number => Math.log((q * (1 - p)) / (p * (1 - q)))
/** 80 % of releases are found by then. */
const z80 = 0.8416
/** What it costs not to know the effect and its onset. */
const unknown = 2
const shortest: Millis = 10 * second

/** Time until a version that fails `worse` of its requests goes back in 80 % of cases; infinite if that is tolerated. */
export function timeToDetect(
  traffic: Traffic,
  { base, worse }: { readonly base: number; readonly worse: number },
  terms: Pick<Terms, 'alpha' | 'tolerance' | 'bets'>,
  overdispersion = 1,
): Millis {
  const { tolerance } = terms
  if (worse <= tolerated(tolerance, base)) return Number.POSITIVE_INFINITY
  const nats = overdispersion * (Math.log(enough(terms)) + unknown)
  return timeFor(traffic, { fresh: Math.min(worse, broken), stable: base }, { tolerance, nats, overdispersion })
}

/** Time until a version that is as good as stable may go on early, in 80 % of cases. */
export function timeToAdvance(
  traffic: Traffic,
  base: number,
  { beta, advance }: Pick<Terms, 'beta' | 'advance'>,
  overdispersion = 1,
): Millis {
  const nats = overdispersion * Math.log(1 / beta)
  return timeFor(traffic, { fresh: base, stable: base }, { tolerance: advance, nats, overdispersion })
}

const broken = 1 - 1e-9

function timeFor(
  { rps, weight }: Traffic,
  rates: { readonly fresh: number; readonly stable: number },
  { tolerance, nats, overdispersion: phi }: { tolerance: Tolerance; nats: number; overdispersion: number },
): Millis {
  const { fresh: qc, stable: qs } = rates
  const [lc, ls] = [rps * weight, rps * (1 - weight)]
  if (!(lc > 0) || (!(ls > 0) && tolerance.ratio > 0)) return Number.POSITIVE_INFINITY
  const x = boundary({ newRequests: lc, newBad: 0, stableRequests: ls, stableBad: 0 }, rates, tolerance)
  const L = tolerated(tolerance, x)
  const D = lc * kl(qc, L) + ls * kl(qs, x)
  const V = lc * qc * (1 - qc) * gain(qc, L) ** 2 + ls * qs * (1 - qs) * gain(qs, x) ** 2
  const root = (z80 * Math.sqrt(V * phi) + Math.sqrt(z80 ** 2 * V * phi + 4 * D * nats)) / (2 * D)
  return Math.max(shortest, root ** 2 * second)
}

/** The smallest rate of failures that is found in 80 % of cases within a soak; `null`: not even a broken version is. */
export function smallestFound(
  traffic: Traffic,
  { base, soak }: { readonly base: number; readonly soak: Millis },
  terms: Pick<Terms, 'alpha' | 'tolerance' | 'bets'>,
  overdispersion = 1,
): number | null {
  const found = (worse: number): boolean => timeToDetect(traffic, { base, worse }, terms, overdispersion) <= soak
  if (!found(1)) return null
  let [low, high] = [tolerated(terms.tolerance, base), 1]
  while (high - low > 1e-6 * high) {
    const middle = Math.sqrt(low * high)
    if (found(middle)) high = middle
    else low = middle
  }
  return high
}

/** What a stage should be able to find: three times as many failures, or a percent more, whichever is more. */
export const worthFinding = (base: number): number => Math.min(1, Math.max(3 * base, base + 0.01))

/**
 * And beyond a tolerance: a wide one (of latency) may hold what is worth finding elsewhere, then twice of what is tolerated
 * is.
 */
export const worthFindingBeyond = (tolerance: Tolerance, base: number): number =>
  Math.min(1, Math.max(worthFinding(base), 2 * tolerated(tolerance, base)))
