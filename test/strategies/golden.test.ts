import { describe, expect, it } from 'vitest'
import { planLines } from '../support/plan-lines.ts'
import { planOf, type PlanWish } from '../support/plans.ts'

const hook = (name: string) => ({ argv: [`./${name}.sh`], timeout: 60_000 }) as const
const hooks = {
  before: [hook('before')],
  'before-traffic': [hook('before-traffic')],
  'after-weight': [hook('after-weight')],
  after: [hook('after')],
  'on-rollback': [hook('on-rollback')],
}

const plans: Readonly<Record<string, PlanWish>> = {
  'canary-gateway-api': { strategy: 'canary', options: { weights: [5, 'pause', 50] } },
  'canary-gateway-api-bare-with-hooks': { strategy: 'canary', options: { weights: [50] }, bare: true, hooks },
  'canary-replicas': { strategy: 'canary', router: 'replicas', options: { weights: [10, 50] } },
  'blue-green-gateway-api': { strategy: 'blue-green', options: { weights: [50, 100], soak: '1m' } },
  'blue-green-selector': { strategy: 'blue-green', router: 'selector' },
  'rolling-with-hooks': { strategy: 'rolling', options: { batches: ['50%'] }, bare: true, hooks },
  rolling: { strategy: 'rolling' },
  'rolling-stateful-set': { strategy: 'rolling', stateful: true, options: { batches: ['25%', '100%'] } },
  emergency: { strategy: 'rolling', emergency: true, hooks },
}

describe('the plan of', () => {
  it.each(Object.entries(plans))('%s is as it was reviewed', async (name, wish) => {
    await expect(planLines(planOf(wish))).toMatchFileSnapshot(`${name}.golden.txt`)
  })
})
