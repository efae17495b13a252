import { expect, it } from 'vitest'
import { Rollback, triggersOf } from '../../src/config/rollback.ts'
import type { Unit } from '../../src/core/plan.ts'
import { faults } from '../../src/rehearse/faults.ts'
import { missedBy } from '../../src/rehearse/limits.ts'
import { planOf } from '../support/plans.ts'

const load = { rate: 100, failing: 0.001, p95: 200 }

function unitWith(when: readonly string[] | null): Unit {
  const [unit] = planOf().waves[0]?.units ?? []
  if (!unit || !when) return unit as Unit
  const source = {
    kind: 'pods',
    every: 10_000,
    requests: { name: 'r', matchers: [] },
    errors: { matchers: [] },
  } as const
  const triggers = triggersOf(Rollback.parse({ when }), 0.999)
  const policy = { ignored: [], objectives: [], onInconclusive: 'hold', onProviderDown: 'pause' } as const
  return { ...unit, evidence: { source, triggers, ...policy } }
}

it.each([
  ['errors-100', null, 'not found', 'nothing measures requests'],
  ['errors-100', ['latency.p95 > 1s for 1m'], 'not found', 'no trigger and no objective is about errors'],
  ['latency-2', ['error-rate > 1% for 1m'], 'not found', 'no trigger and no objective is about latency'],
  ['errors-1', ['error-rate > 2% for 1m'], 'within limits', 'the plan allows it: error-rate > 2% for 1m'],
  ['latency-2', ['latency.p95 > 1s for 1m'], 'within limits', 'the plan allows it: latency.p95 > 1s for 1m'],
  [
    'latency-2',
    ['latency.p95 > 300ms for 1m'],
    'not found',
    'the release was over before latency.p95 > 300ms for 1m could be weighed',
  ],
  [
    'errors-1',
    ['burn-rate > 5 for 5m'],
    'not found',
    'the release was over before burn-rate > 5 for 5m could be weighed',
  ],
  ['crash-loop', ['restarts > 2'], 'not found', 'it began when nothing of the release was left to go back'],
] as const)('%s that was released under %j is %s: %s', (name, when, word, because) => {
  const fault = faults.find((one) => one.name === name)
  if (!fault) throw new Error('no such fault')
  expect(missedBy(unitWith(when), load, fault)).toEqual({ word, because })
})
