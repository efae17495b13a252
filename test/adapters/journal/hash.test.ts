import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hashOf, planHash } from '../../../src/adapters/journal/hash.ts'
import * as core from '../../../src/core/hash.ts'
import * as corePlan from '../../../src/core/plan-hash.ts'
import { planOf } from '../../support/plans.ts'

it('a journal’s hash of a value is core’s, whatever characters are in it', () => {
  const text = fc.string({ unit: fc.oneof(fc.constant('\ud800'), fc.constant('ä'), fc.string({ unit: 'binary' })) })
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), text, fc.dictionary(text, text)), (value) => {
      expect(hashOf(value)).toBe(core.hashOf(value))
    }),
  )
})

it('a journal’s hash of a plan is core’s', () => {
  const plan = planOf({ warnings: ['the budget allows no eviction'] })
  expect(planHash(plan)).toBe(corePlan.planHash(plan))
})
