import { describe, expect, it } from 'vitest'
import { objectivesOf, Slo } from '../../src/config/slo.ts'
import type { Evidence } from '../../src/core/evidence.ts'
import type { Plan, Unit } from '../../src/core/plan.ts'
import { second } from '../../src/core/time.ts'
import { usualTerms } from '../../src/judge/compared/terms.ts'
import { planOf, type PlanWish } from '../support/plans.ts'
import { unitIn } from './support/cast.ts'

const stagesOf = (wish: PlanWish): string[] => unitIn(wish).stages.map(({ id }) => id)
const units = (plan: Plan): readonly Unit[] => plan.waves.flatMap((wave) => wave.units)

describe('a compiled unit', () => {
  it.each<[PlanWish, string[]]>([
    [
      { strategy: 'canary', options: { weights: [5, 'pause', 50] } },
      ['prepare', 'weight-5', 'pause-1', 'weight-50', 'weight-100', 'bake', 'names', 'drain', 'close'],
    ],
    [
      { strategy: 'canary', router: 'replicas', options: { weights: [100] } },
      ['prepare', 'weight-100', 'bake', 'fields', 'close'],
    ],
    [{ strategy: 'blue-green' }, ['prepare', 'weight-100', 'bake', 'names', 'drain', 'close']],
    [
      { strategy: 'rolling', options: { batches: ['50%'] } },
      ['prepare', 'batch-50', 'batch-100', 'settle', 'bake', 'close'],
    ],
    [
      { strategy: 'rolling', stateful: true, options: { batches: ['100%'] } },
      ['prepare', 'batch-100', 'settle', 'bake', 'close'],
    ],
    [{ strategy: 'canary', emergency: true }, ['emergency', 'close']],
  ])('of %o has its stages', (wish, stages) => {
    expect(stagesOf(wish)).toEqual(stages)
  })

  it('makes exactly as many percent of new pods as its weights ask for', () => {
    const sets = unitIn({ strategy: 'canary', options: { weights: [1, 25, 50] } })
      .stages.flatMap(({ steps }) => steps)
      .flatMap(({ action: { expect: expected } }) => (expected.kind === 'sets' ? [expected] : []))
    expect(sets.map(({ surge, unavailable }) => [surge, unavailable])).toEqual([
      [1, 0],
      [25, 0],
      [50, 0],
      [100, 0],
      [50, 50],
      [0, 100],
    ])
  })

  it('never asks for less capacity than the replicas: surge and unavailable together are at least what is new', () => {
    for (const wish of [{ strategy: 'canary' }, { strategy: 'blue-green' }, { strategy: 'rolling' }] as const) {
      let made = 0
      for (const { action } of unitIn(wish).stages.flatMap(({ steps }) => steps)) {
        if (action.expect.kind !== 'sets') continue
        // Old pods go only as far as new ones were Ready before.
        expect(action.expect.unavailable).toBeLessThanOrEqual(made)
        made = Math.max(made, action.expect.surge + action.expect.unavailable)
      }
    }
  })

  it('asks for what was promised wherever requests are watched, and not in the seconds in which names move', () => {
    const [promise] = objectivesOf(Slo.parse({ availability: '99%' }))
    const evidence: Evidence = {
      source: null,
      triggers: [],
      ignored: [],
      objectives: promise ? [promise] : [],
      onInconclusive: 'hold',
      onProviderDown: 'pause',
    }
    const held = unitIn({ strategy: 'canary', evidence }).stages.filter(({ gates }) =>
      gates.some(({ kind }) => kind === 'objective'),
    )
    expect(held.map(({ id }) => id)).toEqual(['weight-5', 'weight-25', 'weight-50', 'weight-100', 'bake'])
  })

  describe('compares with stable', () => {
    const { batch: _, stages: __, ...terms } = usualTerms
    const comparison = { terms: { ...terms, early: true }, triggers: [], bounds: [] }
    const evidence: Evidence = {
      source: { kind: 'pods', every: second, requests: { name: 'a', matchers: [] }, errors: { matchers: [] } },
      triggers: [],
      ignored: [],
      objectives: [],
      comparison,
      onInconclusive: 'hold',
      onProviderDown: 'pause',
    }
    const gates = (wish: PlanWish): string[] =>
      unitIn({ evidence, ...wish }).stages.flatMap(({ id, gates: own }) =>
        own.flatMap((gate) => (gate.kind === 'compared' ? [`${id}${gate.last ? ', the last' : ''}`] : [])),
      )

    it.each<[PlanWish, string[]]>([
      [{ strategy: 'canary' }, ['weight-5', 'weight-25', 'weight-50, the last']],
      [{ strategy: 'canary', router: 'replicas' }, ['weight-5', 'weight-25', 'weight-50, the last']],
      [{ strategy: 'canary', options: { weights: [5, 50], soak: '0s' } }, []],
      [{ strategy: 'blue-green', options: { weights: [10, 100], soak: '5m' } }, ['weight-10, the last']],
      [{ strategy: 'blue-green' }, []],
      [{ strategy: 'rolling', options: { soak: '5m' } }, []],
      [{ strategy: 'canary', emergency: true }, []],
      [{ strategy: 'canary', evidence: { ...evidence, source: null } }, []],
    ])('wherever both have requests for a while: %o', (wish, stages) => {
      expect(gates(wish)).toEqual(stages)
    })

    it.each<PlanWish>([{ strategy: 'blue-green' }, { strategy: 'rolling' }])(
      'not where they never have, unless somebody wrote so: %o',
      (wish) => {
        const asked = { ...evidence, comparison: { ...comparison, triggers: ['error-rate > 2 * stable'] } }
        expect(unitIn({ ...wish, evidence }).evidence).not.toHaveProperty('comparison')
        expect(unitIn({ ...wish, evidence: asked }).evidence?.comparison).toEqual(asked.comparison)
      },
    )
  })

  it('says the way back by hand in the object that it leaves in the namespace', () => {
    const text = JSON.stringify(unitIn().stages[0]?.steps[0]?.action)
    expect(text).toContain('way-back.sh')
    expect(text).toContain('kubectl -n shop patch httproute.gateway.networking.k8s.io/web')
  })

  it('is the same for every cluster but for its name', () => {
    const [a, b] = units(planOf({ clusters: ['a', 'b'] }))
    expect(JSON.stringify(b)).toBe(
      JSON.stringify(a).replace('"web@a"', '"web@b"').replace('"cluster":"a"', '"cluster":"b"'),
    )
  })
})
