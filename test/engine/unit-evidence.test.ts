import { describe, expect, it } from 'vitest'
import { evidenceOf } from '../../src/engine/unit-evidence.ts'
import { strategies } from '../../strategies/index.ts'
import { requestFor, type Wish } from './manifests.ts'

const canary = strategies.find(({ name }) => name === 'canary')

function comparisonOf(wish: Wish, more: { readonly ignored?: readonly string[]; readonly emergency?: boolean } = {}) {
  if (!canary) throw new Error('no canary')
  return evidenceOf({ request: requestFor(wish, canary), emergency: false, ...more }, 'one')?.comparison
}

const judged: Wish = { rollback: { judge: {}, when: ['error-rate > 3 * baseline', 'latency.p95 > 2 * stable'] } }

describe('what the engine is told to compare', () => {
  it('is what the service says', () => {
    expect(comparisonOf(judged)).toMatchObject({
      terms: { alpha: 0.01, latency: { quantile: 0.95, slowdown: 1 }, early: false },
      triggers: ['error-rate > 3 * baseline', 'latency.p95 > 2 * stable'],
      bounds: [{ text: 'error-rate > 3 * baseline', factor: 3 }],
    })
  })

  it('early where the strategy says so', () => {
    expect(comparisonOf({ ...judged, policy: { early: true } })?.terms.early).toBe(true)
  })

  it('nothing where it is switched off, where nothing is counted, and in an emergency', () => {
    expect(comparisonOf({ rollback: { judge: false } })).toBeUndefined()
    expect(comparisonOf({})).toBeUndefined()
    expect(comparisonOf(judged, { emergency: true })).toBeUndefined()
  })

  it('without the bound that the operator goes without', () => {
    expect(comparisonOf(judged, { ignored: ['error-rate > 3 * baseline'] })).toMatchObject({
      triggers: ['latency.p95 > 2 * stable'],
      bounds: [],
    })
  })

  it('without the errors that the operator goes without; bounds of its own hold all the same', () => {
    const comparison = comparisonOf(judged, { ignored: ['error-rate > 1.25 * stable'] })
    expect([comparison?.terms.weights.errors, comparison?.bounds.length]).toEqual([0, 1])
  })

  it('nothing when that was all', () => {
    const ignored = ['error-rate > 1.25 * stable', 'latency.p95 > 1.15 * stable']
    expect(comparisonOf({ rollback: { judge: {} } }, { ignored })).toBeUndefined()
  })
})
