import { minute, type Millis } from '../../core/time.ts'
import { percentText } from '../weigh.ts'
import { type Decided, rate, type Seen, windowsOf } from './windows.ts'

/** `analysis` of a Canary. */
export interface FlaggerRules {
  readonly interval: Millis
  /** Failed checks after which it goes back; they are never forgotten within a release. */
  readonly threshold: number
  /** `thresholdRange.min` of `request-success-rate`, as a share. */
  readonly successRate: number
}

/** The values of its own tutorials. */
const flaggerRules: FlaggerRules = { interval: minute, threshold: 5, successRate: 0.99 }

/**
 * Flagger looks once an interval at the success rate of that interval. No values (no series, or 0/0) are a failed check.
 * The number of failed checks is held against the threshold at the beginning of the next look, so the way back begins one
 * interval after the last failed check.
 * @see https://docs.flagger.app/usage/how-it-works#canary-analysis
 * @see https://docs.flagger.app/usage/metrics
 * @see https://github.com/fluxcd/flagger/blob/main/pkg/controller/scheduler.go `advanceCanary`
 */
export function flagger(polls: readonly Seen[], until: Millis, rules: FlaggerRules = flaggerRules): Decided {
  let failed = 0
  for (const { at, fresh } of windowsOf(polls, rules.interval, until)) {
    if (failed >= rules.threshold)
      return {
        answer: 'rollback',
        at,
        because: `${failed} failed checks of success rate >= ${percentText(rules.successRate)}`,
      }
    const bad = rate(fresh)
    if (bad === null || 1 - bad < rules.successRate) failed += 1
  }
  return { answer: 'promote', at: until, because: `${failed} of ${rules.threshold} failed checks` }
}
