import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shiftOf } from '../../../src/judge/policies/mann-whitney.ts'

const z98 = 2.326_347_874_040_841
/** Hollander and Wolfe, of R's own example for `wilcox.test`. */
const x = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
const y = [1.15, 0.88, 0.9, 0.74, 1.21]

describe('the shift between two samples', () => {
  it('lies where half of the differences are below it', () => {
    const differences = x.flatMap((a) => y.map((b) => a - b)).sort((a, b) => a - b)
    const { estimate, low, high } = shiftOf(x, y, z98) ?? { estimate: 0, low: 0, high: 0 }
    expect(estimate).toBeGreaterThanOrEqual(differences[23]!)
    expect(estimate).toBeLessThanOrEqual(differences[26]!)
    expect([low.toFixed(2), high.toFixed(2)]).toEqual(['-0.32', '0.99'])
  })

  it('moves with the sample', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 5, maxLength: 20 })
    fc.assert(
      fc.property(values, values, fc.integer({ min: -50, max: 50 }), (a, b, by) => {
        const [one, other] = [
          shiftOf(a, b, z98),
          shiftOf(
            a.map((value) => value + by),
            b,
            z98,
          ),
        ]
        if (one === null || other === null) return
        expect(other.estimate - one.estimate).toBeCloseTo(by, 6)
        expect(other.low - one.low).toBeCloseTo(by, 6)
        expect(other.high - one.high).toBeCloseTo(by, 6)
        expect(one.low).toBeLessThanOrEqual(one.high)
      }),
      { numRuns: 50 },
    )
  })

  it('can’t be told of values that are all the same', () => {
    expect(shiftOf([1, 1, 1], [1, 1], z98)).toBeNull()
  })
})
