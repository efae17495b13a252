import type { Terms } from '../judge/compared/terms.ts'
import type { MetricsSource } from './metrics.ts'
import { hour, type Millis } from './time.ts'

/** No rule looks farther back. */
export const widestWindow: Millis = 6 * hour

/** What is measured while a release runs, and what it may do to it. */
export interface Evidence {
  /** `null`: nothing counts requests; pods are judged by their health and restarts only. */
  readonly source: MetricsSource | null
  /** Standing alarms: one that fires takes the release back, at any stage. */
  readonly triggers: readonly Rule[]
  /** Triggers that fired before the start and that the operator chose to go without. */
  readonly ignored: readonly string[]
  /** What must hold at the end of each stage that has requests. */
  readonly objectives: readonly Rule[]
  /** How the new version is compared with stable; absent: it is not. */
  readonly comparison?: Comparison
  /** Too little was seen when the soak is over: `hold` waits as long again, then pauses. */
  readonly onInconclusive: 'hold' | 'pause' | 'undo'
  /** The source could not be read for `providerPatience`. */
  readonly onProviderDown: 'pause' | 'undo'
}

/** Against the stable pods, while both versions have requests: right however often one looks. */
export interface Comparison {
  readonly terms: Omit<Terms, 'batch' | 'stages'>
  /** As they were written: `error-rate > 1.25 * stable`. What they say stands in `terms` and `bounds` already. */
  readonly triggers: readonly string[]
  /** Against what stable did before the release. */
  readonly bounds: readonly BaselineBound[]
}

/** Crossed where the new pods are worse than so many times what stable was before. */
export interface BaselineBound {
  /** As it was written: `latency.p95 > 1.5 * baseline`. */
  readonly text: string
  readonly figure: Extract<Figure, { readonly kind: 'error-rate' | 'availability' | 'latency' }>
  readonly factor: number
}

/** A figure compared with a bound, over a trailing window. */
export interface Rule {
  /** As it was written, one space between words: `error-rate > 1% for 5m`. The rule's name. */
  readonly text: string
  readonly figure: Figure
  readonly op: '>' | '>=' | '<' | '<='
  /**
   * error-rate, availability: a share from 0 to 1. latency: milliseconds. burn-rate: so many times the rate that spends
   * the error budget just in its window. restarts, query: a number.
   */
  readonly value: number
  /** The window. */
  readonly over: Millis
  /** query: it may hold at so many polls of the window; absent: it is crossed when it holds at all of them. */
  readonly failureLimit?: number
}

export type Figure =
  | { readonly kind: 'error-rate' }
  | { readonly kind: 'availability' }
  /** `objective`: the availability that was promised, from 0 to 1. */
  | { readonly kind: 'burn-rate'; readonly objective: number }
  | { readonly kind: 'latency'; readonly quantile: number }
  /** Of containers of the new pods, since they were made. */
  | { readonly kind: 'restarts' }
  | { readonly kind: 'query'; readonly name: string }
