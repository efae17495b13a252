import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atLeast, atMost } from '../../src/judge/binomial.ts'

/** The sum itself. */
function bySum(k: number, n: number, p: number): number {
  let [term, sum] = [(1 - p) ** n, 0]
  for (let i = 0; i <= n; i += 1) {
    if (i >= k) sum += term
    term *= ((n - i) / (i + 1)) * (p / (1 - p))
  }
  return sum
}

describe('exact binomial tails', () => {
  it('are the sum of their terms', () => {
    const cases = fc.record({ n: fc.integer({ min: 1, max: 60 }), p: fc.double({ min: 0.01, max: 0.99, noNaN: true }) })
    fc.assert(
      fc.property(cases, fc.nat(60), ({ n, p }, k) => {
        expect(atLeast(k, n, p)).toBeCloseTo(k > n ? 0 : bySum(k, n, p), 9)
      }),
    )
  })

  it('of both sides make a whole', () => {
    expect(atLeast(4, 10, 0.3) + atMost(3, 10, 0.3)).toBeCloseTo(1, 12)
  })

  it.each([
    [0, 10, 0.5, 1],
    [11, 10, 0.5, 0],
    [3, 10, 0, 0],
    [10, 10, 1, 1],
    [5, 5, 0.5, 0.03125],
    [-1, 10, 0, 1],
    [3, 10, -0.1, 0],
    [3, 10, 1.1, 1],
    [11, 10, 1.1, 0],
  ])('of %d or more among %d at %d are %d', (k, n, p, tail) => {
    expect(atLeast(k, n, p)).toBe(tail)
  })
})
