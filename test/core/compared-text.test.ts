import { describe, expect, it } from 'vitest'
import { comparedTexts, withoutThese } from '../../src/core/compared-text.ts'
import type { Comparison } from '../../src/core/evidence.ts'
import { usualTerms } from '../../src/judge/compared/terms.ts'

const { batch: _, stages: __, ...terms } = usualTerms
const usual: Comparison = { terms, triggers: [], bounds: [] }
const bound = { text: 'error-rate > 3 * baseline', figure: { kind: 'error-rate' }, factor: 3 } as const
const all = { latency: true }

describe('what is compared', () => {
  it('is said as triggers would say it, where nobody wrote one', () => {
    expect(comparedTexts(usual, all)).toEqual(['error-rate > 1.25 * stable', 'latency.p95 > 1.15 * stable'])
  })

  it('leaves out latency where nothing counts slow requests', () => {
    expect(comparedTexts(usual, { latency: false })).toEqual(['error-rate > 1.25 * stable'])
  })

  it.each([
    ['availability < 0.999 * stable', ['latency.p95 > 1.15 * stable', 'availability < 0.999 * stable']],
    ['latency.p50 > 2 * stable', ['error-rate > 1.25 * stable', 'latency.p50 > 2 * stable']],
    [
      'error-rate > 3 * baseline',
      ['error-rate > 1.25 * stable', 'latency.p95 > 1.15 * stable', 'error-rate > 3 * baseline'],
    ],
  ])('is what was written, and the rest: %s', (text, texts) => {
    expect(comparedTexts({ ...usual, triggers: [text] }, all)).toEqual(texts)
  })
})

describe('what somebody goes without', () => {
  it('loses its part of the evidence', () => {
    expect(withoutThese(usual, ['error-rate > 1.25 * stable'], all)?.terms.weights).toEqual({
      errors: 0,
      latency: 0.3,
      other: 0.2,
    })
    expect(withoutThese(usual, ['latency.p95 > 1.15 * stable'], all)?.terms.weights).toEqual({
      errors: 0.5,
      latency: 0,
      other: 0.2,
    })
  })

  it('is no bound any more', () => {
    const both = { ...usual, triggers: [bound.text], bounds: [bound] }
    expect(withoutThese(both, [bound.text], all)).toEqual(usual)
  })

  it('leaves nothing to compare when it was all', () => {
    expect(withoutThese(usual, ['error-rate > 1.25 * stable'], { latency: false })).toBeNull()
    expect(withoutThese(usual, comparedTexts(usual, all), all)).toBeNull()
  })

  it('leaves a comparison as it is when it is something else', () => {
    expect(withoutThese(usual, ['error-rate > 1% for 5m'], all)).toEqual(usual)
  })
})
