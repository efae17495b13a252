import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shiftOf } from '../../../src/judge/policies/mann-whitney.ts'

const z98 = 2.326_347_874_040_841
/** Hollander and Wolfe, of R's own example for `wilcox.test`. */
const x = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
const y = [1.15, 0.88, 0.9, 0.74, 1.21]

/** How far the ranks of `fresh` are from what they would be by chance, with the spread of all ways to deal them out. */
function surprise(fresh: readonly number[], stable: readonly number[]): number {
  const wins = (own: readonly number[], other: readonly number[]): number =>
    own.flatMap((a) => other.map((b) => (Math.sign(a - b) + 1) / 2)).reduce((sum, one) => sum + one, 0)
  const all = [...fresh, ...stable]
  const dealt = Array.from({ length: 2 ** all.length }, (_, deal) => deal)
    .map((deal) => [0, 1].map((side) => all.filter((__, at) => ((deal >> at) & 1) === side)))
    .filter(([own]) => own?.length === fresh.length)
    .map(([own = [], other = []]) => wins(own, other))
  const mean = (fresh.length * stable.length) / 2
  const deviation = wins(fresh, stable) - mean
  const variance = dealt.reduce((sum, one) => sum + (one - mean) ** 2, 0) / dealt.length
  return (deviation - Math.sign(deviation) / 2) / Math.sqrt(variance)
}

describe('the shift between two samples', () => {
  it('begins and ends where chance would no longer do, of values that are the same, too', () => {
    const few = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 5 })
    fc.assert(
      fc.property(few, few, fc.double({ min: 0.5, max: 2, noNaN: true }), (fresh, stable, z) => {
        const shift = shiftOf(fresh, stable, z)
        fc.pre(shift !== null)
        // Nothing changes between whole numbers, so that half a step to each side tells.
        const at = (by: number) =>
          surprise(
            fresh.map((value) => value - by),
            stable,
          )
        const inner = Math.round(shift.low) + 0.5
        if (inner < shift.high) expect(at(inner)).toBeLessThanOrEqual(z)
        if (Math.round(shift.low) > Math.min(...fresh) - Math.max(...stable))
          expect(at(Math.round(shift.low) - 0.5)).toBeGreaterThan(z)
      }),
      { numRuns: 150 },
    )
  })

  it('may be all that the values allow where there are few', () => {
    const { low, high } = shiftOf([1, 2], [5, 7], z98) ?? { low: 0, high: 0 }
    expect([low, high]).toEqual([expect.closeTo(-6, 12), expect.closeTo(-3, 12)])
  })

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

  it('is the difference of two values where each sample has but one', () => {
    expect(shiftOf([3, 3, 3], [1, 1], z98)).toEqual({ estimate: 2, low: 2, high: 2 })
    expect(shiftOf([1, 1], [3, 3, 3], z98)).toEqual({ estimate: -2, low: -2, high: -2 })
  })

  it('may begin or end at none', () => {
    expect(shiftOf([1, 2], [1], z98)).toEqual({ estimate: expect.any(Number), low: expect.closeTo(0, 12), high: 1 })
    expect(shiftOf([0, 1], [1], z98)).toEqual({ estimate: expect.any(Number), low: -1, high: expect.closeTo(0, 12) })
  })

  it('can’t be told of values that are all the same', () => {
    expect(shiftOf([1, 1, 1], [1, 1], z98)).toBeNull()
  })
})
