import { describe, expect, it } from 'vitest'
import { hashOf } from '../../src/core/hash.ts'
import { planHash } from '../../src/core/plan-hash.ts'
import type { Plan } from '../../src/core/plan.ts'
import { planOf, type PlanWish } from '../support/plans.ts'
import { smallPlan, stage, step } from './support/small.ts'

const hash = (wish: PlanWish = {}): string => planHash(planOf(wish))

describe('the hash of a plan', () => {
  it('is the sha256 of its canonical text', () => {
    expect(hashOf({ b: 1, a: 2 })).toBe('d3626ac30a87e6f7a6428233b3c68299976865fa5508e4267c5415c76af7a772')
  })

  it('is the same on two machines', () => {
    expect(hash()).toBe(hash())
    expect(planHash(JSON.parse(JSON.stringify(planOf())) as Plan)).toBe(hash())
  })

  it('does not count warnings', () => {
    expect(hash({ warnings: ['the budget allows no eviction'] })).toBe(hash())
  })

  it.each<PlanWish>([
    { strategy: 'blue-green' },
    { strategy: 'rolling' },
    { options: { weights: [5, 25] } },
    { options: { soak: '4m' } },
    { router: 'replicas' },
    { service: 'api' },
    { clusters: ['eu-west-1'] },
    { clusters: ['us-east-1', 'eu-west-1'] },
    { bare: true },
    { emergency: true },
    { protected: false },
    { spec: { nodeSelector: { zone: 'a' } } },
    { hooks: { before: [{ argv: ['./smoke.sh'], timeout: 1000 }] } },
  ])('is another with %o', (wish) => {
    expect(hash(wish)).not.toBe(hash())
  })

  it.each<[string, (plan: Plan) => Plan]>([
    ['minor version of the tool', (plan) => ({ ...plan, tool: '0.2' })],
    ['digest', (plan) => ({ ...plan, release: { ...plan.release, image: 'web@sha256:00' } })],
    ['cluster behind a name', (plan) => ({ ...plan, clusters: [{ name: 'us-east-1', uid: 'another' }] })],
    ['limit of a wave', (plan) => ({ ...plan, waves: plan.waves.map((wave) => ({ ...wave, parallel: 7 })) })],
    ['policy of a wave', (plan) => ({ ...plan, waves: plan.waves.map((wave) => ({ ...wave, onFailure: 'unit' })) })],
  ])('is another with another %s', (_what, change) => {
    expect(planHash(change(planOf()))).not.toBe(hash())
  })

  it('is another when a hook’s file is', () => {
    const hooked = (sha256: string): string =>
      hash({ hooks: { before: [{ argv: ['./smoke.sh'], timeout: 1, sha256 }] } })
    expect(hooked('00')).not.toBe(hooked('01'))
  })

  it('is another when a deadline, a guard or a step of the way back is', () => {
    const plain = planHash(smallPlan([stage('one', [step('a')])]))
    expect(planHash(smallPlan([stage('one', [step('a')], { deadline: 1 })]))).not.toBe(plain)
    expect(planHash(smallPlan([stage('one', [step('a', { act: { guard: { kind: 'written' } } })])]))).not.toBe(plain)
    expect(planHash(smallPlan([stage('one', [step('a')])], { back: [] }))).not.toBe(plain)
  })

  it('is the same however many replicas an autoscaler has made', () => {
    expect(hash({ replicas: 20 })).toBe(hash({ replicas: 10 }))
  })
})
