import { minute, type Millis } from '../../core/time.ts'
import { percentText } from '../weigh.ts'
import { type Decided, rate, type Seen, windowsOf } from './windows.ts'

/** A metric of an AnalysisTemplate. */
export interface ArgoRules {
  readonly interval: Millis
  /** More failed measurements than this fail the run. Its default is 0. */
  readonly failureLimit: number
  /** More errors in a row than this (the query gave nothing) end the run as an error, which aborts the rollout, too. */
  readonly consecutiveErrorLimit: number
  /** `successCondition: result[0] >= 0.99`. */
  readonly successRate: number
}

const argoRules: ArgoRules = { interval: minute, failureLimit: 3, consecutiveErrorLimit: 4, successRate: 0.99 }

/**
 * Argo Rollouts measures once an interval. 0/0 is NaN, for which `>=` does not hold: a failed measurement. An empty vector
 * has no `result[0]`: an error.
 * @see https://argo-rollouts.readthedocs.io/en/stable/features/analysis/#failure-conditions-and-failure-limit
 * @see https://github.com/argoproj/argo-rollouts/blob/master/analysis/analysis.go `assessMetricStatus`
 */
export function argo(polls: readonly Seen[], until: Millis, rules: ArgoRules = argoRules): Decided {
  let [failed, errors] = [0, 0]
  for (const { at, fresh } of windowsOf(polls, rules.interval, until)) {
    const bad = rate(fresh)
    errors = fresh === null ? errors + 1 : 0
    if (fresh !== null && (bad === null || 1 - bad < rules.successRate)) failed += 1
    if (failed > rules.failureLimit)
      return {
        answer: 'rollback',
        at,
        because: `${failed} failed measurements of success rate >= ${percentText(rules.successRate)}`,
      }
    if (errors > rules.consecutiveErrorLimit)
      return { answer: 'rollback', at, because: `${errors} measurements in a row without data` }
  }
  return { answer: 'promote', at: until, because: `${failed} failed measurements, ${rules.failureLimit} are allowed` }
}
