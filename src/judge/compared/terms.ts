import { minute, second, type Millis } from '../../core/time.ts'
import type { Tolerance } from './e-value.ts'

/** What a comparison with stable is held to. */
export interface Terms {
  /** Chance that a version within the tolerance is ever taken back, over the whole rollout. */
  readonly alpha: number
  /** Chance that a stage is ended early although the new version is worse than `advance`. */
  readonly beta: number
  /** Failed requests: more than this is a reason to go back. */
  readonly tolerance: Tolerance
  /** Less than this is a reason to go on before the soak is over. */
  readonly advance: Tolerance
  readonly latency: LatencyTerms
  /** `auto`: from the pods before the release, 1 where there are none. Else a number of 1 or more. */
  readonly overdispersion: 'auto' | number
  /** Parts of the evidence; metrics that are not there leave theirs to the others. */
  readonly weights: { readonly errors: number; readonly latency: number; readonly other: number }
  /** Whether a stage may end before its soak is over. */
  readonly early: boolean
  readonly minSoak: Millis
  /** At least as long as a poll and as a scrape: shorter batches compare counters of different moments. */
  readonly batch: Millis
  /** Stages that are planned, each with a test at its end. */
  readonly stages: number
  /** How evidence is bet on; absent: as usual. */
  readonly bets?: Bets
}

export interface Bets {
  /** Part of the wealth that the first batch bets, from 0 to 1; the rest waits for faults that begin later. */
  readonly first: number
  /** As if a fault began every so often, a part of what waits is bet in each batch. */
  readonly restart: Millis
  /** One batch may multiply a bet by so much at the most; `auto`: by 1 / alpha, and never by more. */
  readonly cap: number | 'auto'
  /** Of alpha, what the wealth may use, from 0 to 1; the rest is for the tests at the ends of the stages. */
  readonly anytime: number
}

export const usualBets: Bets = { first: 0.5, restart: 10 * minute, cap: 'auto', anytime: 0.75 }

export const betsOf = ({ bets = usualBets }: Pick<Terms, 'bets'>): Bets => bets

export interface LatencyTerms {
  /** From 0 to 1. */
  readonly quantile: number
  /** Tolerated: 0.15 is 15 % slower. */
  readonly slowdown: number
  /** Added to the share of slow requests that is tolerated. */
  readonly margin: number
  /** Caches are cold and code is not compiled yet: so long nothing is compared. */
  readonly warmUp: Millis
}

export const usualTerms: Terms = {
  alpha: 0.01,
  beta: 0.05,
  tolerance: { ratio: 1.25, margin: 0.0001 },
  advance: { ratio: 1.5, margin: 0.005 },
  latency: { quantile: 0.95, slowdown: 0.15, margin: 0.002, warmUp: minute },
  overdispersion: 'auto',
  weights: { errors: 0.5, latency: 0.3, other: 0.2 },
  early: false,
  minSoak: minute,
  batch: 5 * second,
  stages: 1,
}

/** The wealth at which a version goes back. */
export const enough = ({ alpha, ...terms }: Pick<Terms, 'alpha' | 'bets'>): number =>
  1 / (betsOf(terms).anytime * alpha)
