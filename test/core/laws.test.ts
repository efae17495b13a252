import { describe, expect, it } from 'vitest'
import { broken } from '../../src/core/laws.ts'
import type { BackStep, Plan, Stage, Step, Unit } from '../../src/core/plan.ts'
import { planOf, type PlanWish } from '../support/plans.ts'
import { hookStep, smallPlan, stage, step } from './support/small.ts'

/** A good plan in which one thing is other than it was compiled. */
const spoilt = (change: (unit: Unit) => Partial<Unit>, wish: PlanWish = {}): string[] =>
  broken(planOf({ ...wish, unit: (unit) => ({ ...unit, ...change(unit) }) }))

const stages = (change: (stage: Stage) => Stage) => (unit: Unit) => ({ stages: unit.stages.map(change) })
const steps = (change: (step: Step) => Step) => stages((one) => ({ ...one, steps: one.steps.map(change) }))
const back = (change: (steps: readonly BackStep[]) => readonly BackStep[]) => (unit: Unit) => ({
  back: change(unit.back),
})

const strategiesAndRouters: PlanWish[] = [
  { strategy: 'canary' },
  { strategy: 'canary', router: 'replicas' },
  { strategy: 'blue-green' },
  { strategy: 'blue-green', router: 'selector' },
  { strategy: 'rolling' },
  { strategy: 'rolling', stateful: true },
  { emergency: true },
  { emergency: true, stateful: true, strategy: 'rolling' },
  { bare: true },
  { clusters: ['a', 'b'] },
]

describe('a plan as the tool compiles it', () => {
  it.each(strategiesAndRouters)('breaks no law: %o', (wish) => {
    expect(broken(planOf(wish))).toEqual([])
  })
})

describe('no two of a kind have one name', () => {
  it('units', () => {
    const plan = planOf({ clusters: ['a', 'a'] })
    expect(broken(plan)).toContain('unit web@a is there twice')
  })

  it('stages', () => {
    const twice = spoilt(({ stages }) => ({ stages: [...stages, { ...stages[0], steps: [] } as never] }))
    expect(twice).toContain('web@us-east-1: stage prepare is there twice')
  })

  it('steps, the way back included', () => {
    const renamed = spoilt(steps((one) => (one.id === 'prepare.tag' ? { ...one, id: 'prepare.pause' } : one)))
    expect(renamed).toContain('web@us-east-1: step prepare.pause is there twice')
    const back = spoilt(({ back: [first, ...rest] }) => ({ back: [{ ...first, id: 'prepare.tag' } as never, ...rest] }))
    expect(back).toContain('web@us-east-1: step prepare.tag is there twice')
  })
})

describe('requests', () => {
  const unguarded = (id: string) =>
    steps((one) => {
      const { guard: _, ...action } = one.action
      return one.id === id ? { ...one, action } : one
    })

  it.each(['weight-25.route-25', 'prepare.pin-web', 'names.service-web'])(
    'are not moved by %s without a look at who takes them',
    (id) => {
      expect(spoilt(unguarded(id))).toEqual([
        `web@us-east-1: step ${id} moves requests without looking who is ready to take them`,
      ])
    },
  )

  it('are not moved by a selector either', () => {
    const wish = { strategy: 'blue-green', router: 'selector' } as const
    expect(spoilt(unguarded('weight-100.narrow'), wish)).toHaveLength(1)
  })

  it('are not moved by the way back either without a look at who takes them', () => {
    const bold = spoilt(back((all) => all.map(({ action: { guard: _, ...action }, ...one }) => ({ ...one, action }))))
    expect(bold).toContain(
      'web@us-east-1: step back.route-web moves requests without looking who is ready to take them',
    )
  })

  it('are not moved in a stage without a gate', () => {
    expect(spoilt(stages((one) => (one.id === 'weight-25' ? { ...one, gates: [] } : one)))).toEqual([
      'web@us-east-1: stage weight-25 moves requests and has no gate',
    ])
  })

  it('go back before any pod is touched', () => {
    expect(spoilt(back((all) => all.toReversed()))).toContain(
      'web@us-east-1: the way back touches pods before requests are back',
    )
  })

  it('by Services go back before any pod is touched, too', () => {
    const late = spoilt(
      back((all) => [
        ...all.filter(({ moves }) => moves !== 'services'),
        ...all.filter(({ moves }) => moves === 'services'),
      ]),
    )
    expect(late).toContain('web@us-east-1: the way back touches pods before requests are back')
  })
})

describe('the way back', () => {
  it('leads back from every step that has one', () => {
    const lost = spoilt(back((all) => all.filter(({ id }) => id !== 'back.route-web')))
    expect(lost).toContain('web@us-east-1: step weight-25.route-25 has no way back')
  })

  it('does not undo what is not there', () => {
    const more = spoilt(back((all) => all.map((one) => ({ ...one, undoes: [...one.undoes, 'weight-7.route-7'] }))))
    expect(more[0]).toMatch(/^web@us-east-1: step back\..* undoes weight-7\.route-7, which is not there$/)
  })

  it('does not lead across a step that can’t be undone', () => {
    const plan = smallPlan([stage('one', [step('a', { undo: 'never' })]), stage('two', [step('b')])])
    expect(broken(plan)).toContain("web@us-east-1: step b would be undone across a step that can't be")
  })
})

describe('the way back past what can’t be undone', () => {
  it('brings the old pods first, and sends nobody anywhere before', () => {
    const hurried = spoilt(({ past = [] }) => ({ past: past.map((one) => ({ ...one, moves: 'traffic' as const })) }))
    expect(hurried).toContain('web@us-east-1: step past.template comes before the old pods are back')
  })
})

describe('what may happen only once', () => {
  const sending = (send: 'once' | 'assert', one: Step): Plan =>
    smallPlan([stage('one', [{ ...one, action: { ...one.action, send } }])])

  it('is a hook, of which a human can tell whether it ran', () => {
    expect(broken(sending('once', hookStep('smoke')))).toEqual([])
    expect(broken(sending('once', step('a')))).toContain(
      'web@us-east-1: step a may happen only once, and nobody could look whether it did',
    )
  })

  it('is every hook', () => {
    expect(broken(sending('assert', hookStep('smoke')))).toHaveLength(1)
  })
})
