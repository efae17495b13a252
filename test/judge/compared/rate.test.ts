import { describe, expect, it } from 'vitest'
import { rateInterval } from '../../../src/judge/compared/rate.ts'

const product = (to: number, of: (at: number) => number): number =>
  Array.from({ length: to }, (_, at) => of(at + 1)).reduce((all, one) => all * one, 1)

/** The chance of one order of failures under Robbins' mixture, as Jeffreys' prior has it: exact, without a Γ. */
const mixture = (bad: number, good: number): number =>
  (product(bad, (k) => k - 0.5) * product(good, (k) => k - 0.5)) / product(bad + good, (k) => k)
const chance = (bad: number, good: number, rate: number): number => rate ** bad * (1 - rate) ** good

describe('the interval of a rate', () => {
  it.each([
    [1, 2, 0.01],
    [3, 20, 0.2],
    [9, 30, 0.01],
    [40, 100, 0.05],
    [29, 30, 0.01],
  ])('ends where 1/alpha times as much speaks for other rates: %d of %d at %d', (bad, of, alpha) => {
    for (const rate of rateInterval(bad, of, alpha))
      expect((alpha * mixture(bad, of - bad)) / chance(bad, of - bad, rate)).toBeCloseTo(1, 11)
  })

  it.each([1, 12, 20])('of %d without a failure ends at its root', (of) => {
    expect(rateInterval(0, of, 0.01)).toEqual([0, expect.closeTo(1 - (0.01 * mixture(0, of)) ** (1 / of), 13)])
  })

  it('is the mirror image of that of the requests that were good', () => {
    const [low, high] = rateInterval(7, 50, 0.05)
    const [mirroredLow, mirroredHigh] = rateInterval(43, 50, 0.05)
    expect([1 - mirroredHigh, 1 - mirroredLow]).toEqual([expect.closeTo(low, 12), expect.closeTo(high, 12)])
  })
})
