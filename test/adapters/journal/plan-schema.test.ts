import { describe, expect, it } from 'vitest'
import { planIn } from '../../../src/adapters/journal/plan-schema.ts'
import type { Plan } from '../../../src/core/plan.ts'
import { planOf } from '../../support/plans.ts'

const plan = planOf()

/** Each place of a plan that names an object, by what stands there. */
const places: Readonly<Record<string, string>> = {
  'the name of an object': '"kind":"Service","namespace":"shop","name":"web-canary"',
  'its namespace': '"kind":"Service","namespace":"shop"',
  'the namespace of a unit': '"cluster":"us-east-1","namespace":"shop"',
  'the stable ReplicaSet': '"stable":{"name":"web-7c9f6d5b8"',
  'its pod-template-hash': '"hash":"7c9f6d5b8"',
  'the Service of endpoints': '"kind":"endpoints","service":"web"',
  'the uid of a cluster': `"uid":"${plan.clusters[0]?.uid}"`,
}

const withEnd = (place: string, evil: string): string =>
  JSON.stringify(plan).replace(place, (found) => `${found.slice(0, -1)}${JSON.stringify(evil).slice(1, -1)}"`)

const isPlan = (source: string): boolean => 'plan' in planIn(source)

describe('a plan that was read back', () => {
  it.each(Object.entries(places))('has no command and no second line in %s', (_what, place) => {
    expect(JSON.stringify(plan)).toContain(place)
    const wrong = [';touch x', '$(touch x)', '\nx', ' x', 'x'.repeat(254)].filter((evil) =>
      isPlan(withEnd(place, evil)),
    )
    expect(wrong).toEqual([])
    expect(isPlan(withEnd(place, '0'))).toBe(true)
  })

  it('is one also where nobody could say which pods are the stable ones', () => {
    const [wave] = plan.waves
    const [unit] = wave?.units ?? []
    if (!wave || !unit) throw new Error('a plan without a unit')
    const seen = { ...unit.seen, stable: { name: '', hash: '' } }
    const odd: Plan = { ...plan, waves: [{ ...wave, units: [{ ...unit, seen }] }] }
    expect(isPlan(JSON.stringify(odd))).toBe(true)
  })

  it.each(['rolling', 'canary', 'blue-green'] as const)('is one as a strategy makes it: %s', (strategy) => {
    const router = strategy === 'blue-green' ? 'selector' : undefined
    expect(isPlan(JSON.stringify(planOf({ strategy, ...(router && { router }) })))).toBe(true)
  })
})
