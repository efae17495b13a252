import type { Millis } from '../../core/time.ts'
import { type Batch, logEValue, tolerated, type Tolerance } from './e-value.ts'

/**
 * Evidence against "the new version fails no more than tolerated", as the wealth of a gambler who bets against it. If it
 * is true, the wealth ever reaches 1/alpha with probability alpha at most (Ville's inequality), however often one looks.
 */
export interface EProcess {
  /** Not yet bet. */
  readonly cash: number
  /** On each alternative. */
  readonly invested: readonly number[]
  /** The most that it ever was. */
  readonly most: number
  /** Since the first batch began. */
  readonly elapsed: Millis
}

export interface Alternatives {
  /** Rates of the new version that are bet on, where stable's rate is `stable`. */
  readonly rates: (stable: number, boundary: number) => readonly number[]
  readonly weights: readonly number[]
  /** Whether a rate lies on the side of the boundary that is bet on. */
  readonly beyond: (rate: number, boundary: number) => boolean
}

const logit = (p: number): number => Math.log(p) - Math.log1p(-p)
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** Worse by these odds, from barely to hugely; and one for a version that is broken altogether. */
const worse = [1.1, 1.25, 1.6, 2.6, 5, 14, 60].map(Math.log)
const broken = 0.97

/** For going back: small effects are needed, too, or 2 % → 3 % takes five times as long. */
export const worseThan: Alternatives = {
  rates: (_stable, boundary) => [...worse.map((odds) => sigmoid(logit(boundary) + odds)), broken],
  weights: [0.06, 0.09, 0.15, 0.16, 0.16, 0.12, 0.1, 0.16],
  beyond: (rate, boundary) => rate > boundary,
}

const partsOfTheWay = [1, 0.6, 0.3, 1.6]

/** For going on early: from the boundary towards stable's own rate, and a little beyond. */
export const noWorseThan: Alternatives = {
  rates: (stable, boundary) =>
    partsOfTheWay.map((part) => sigmoid(logit(boundary) + part * (logit(stable) - logit(boundary)))),
  weights: [0.4, 0.25, 0.2, 0.15],
  beyond: (rate, boundary) => rate < boundary,
}

export interface Betting {
  readonly alternatives: Alternatives
  readonly tolerance: Tolerance
  /** The part of the cash that the first batch bets; the rest waits for faults that begin later. */
  readonly first: number
  /** Later batches bet as if a fault began every so often. */
  readonly restart: Millis
  /** One batch may multiply a bet by so much at the most, so that no single scrape decides. */
  readonly cap: number
  /** Variance inflation of stable's own pods, 1 where their counts vary as chance has it. */
  readonly overdispersion: number
}

/** A change of weight is a moment at which faults begin. */
const afterChange = 0.25
/** Beyond this a bet no longer grows, for infinity times nothing is not a number; less wealth is never wrong. */
const richest = 1e300

export const startWealth = ({ alternatives }: Pick<Betting, 'alternatives'>): EProcess => ({
  cash: 1,
  invested: alternatives.weights.map(() => 0),
  most: 1,
  elapsed: 0,
})

export const wealth = ({ cash, invested }: EProcess): number => invested.reduce((sum, one) => sum + one, cash)

interface Closed {
  readonly batch: Batch
  /** Since the batch before. */
  readonly took: Millis
  /** The guess of stable's rate, made before this batch. */
  readonly stable: number
  /** It is the first after a change of the weight. */
  readonly changed: boolean
}

export function updated(before: EProcess, { batch, took, stable, changed }: Closed, betting: Betting): EProcess {
  const { alternatives, tolerance, first, restart, cap, overdispersion } = betting
  const elapsed = before.elapsed + took
  // However long a gap: a bet of more than there is would be no evidence any more.
  const hazard = Math.min(first, took / (before.elapsed + restart))
  const part = before.elapsed === 0 ? first : changed ? Math.max(hazard, afterChange) : hazard
  const boundary = tolerated(tolerance, stable)
  const invested = alternatives.rates(stable, boundary).map((fresh, index) => {
    const bet = (before.invested[index] ?? 0) + part * before.cash * (alternatives.weights[index] ?? 0)
    if (!alternatives.beyond(fresh, boundary)) return bet
    const grown = Math.exp(logEValue(batch, { fresh, stable }, tolerance) / overdispersion)
    return Math.min(richest, bet * Math.min(cap, richest, grown))
  })
  const after = { cash: before.cash * (1 - part), invested, most: before.most, elapsed }
  return { ...after, most: Math.max(before.most, wealth(after)) }
}
