import { assert, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { milliOf, quantityText } from '../../../src/core/preflight/quantity.ts'

describe('a quantity', () => {
  it.each([
    ['500m', 500],
    ['2', 2_000],
    [2, 2_000],
    ['0.1', 100],
    ['1.5', 1_500],
    ['.5', 500],
    ['100u', 1],
    ['1n', 1],
    ['2k', 2e6],
    ['1Ki', 1_024_000],
    ['256Mi', 268_435_456_000],
    ['1.5Gi', 1_610_612_736_000],
    ['1M', 1e9],
    ['2e3', 2e6],
    ['2E3', 2e6],
    ['1E', 1e21],
    ['1e-1', 100],
    ['-1', -1_000],
  ])('%s is %d thousandths', (text, milli) => expect(milliOf(text)).toBe(milli))

  it.each(['', 'x', '1.2.3', '5 m', '1mi', 'm', '1e', '1Zi'])('%j is none', (text) => expect(milliOf(text)).toBeNull())

  it('of whole thousandths is read as exactly that', () =>
    assert(property(integer({ min: 0, max: 1e9 }), (milli) => milliOf((milli / 1e3).toFixed(3)) === milli)))
})

describe('for people', () => {
  it.each([
    ['cpu', 2_500, '2500m'],
    ['requests.cpu', 1_200, '1200m'],
    ['memory', 268_435_456_000, '256Mi'],
    ['memory', 1_610_612_736_000, '1536Mi'],
    ['memory', 2 ** 30 * 3e3, '3Gi'],
    ['memory', 1_234_567_000, '1.2Mi'],
    ['memory', 500_000, '500'],
    ['memory', 0, '0'],
    ['pods', 5_000, '5'],
    ['nvidia.com/gpu', 2_000, '2'],
  ])('%s %d is %s', (resource, milli, text) => expect(quantityText(resource, milli)).toBe(text))
})
