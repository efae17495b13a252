import { describe, expect, it } from 'vitest'
import { noRatio, ratioInterval, ratioLearnt } from '../../../src/judge/compared/ratio.ts'
import { quantileInterval, rateInterval } from '../../../src/judge/compared/rate.ts'

const batch = (newRequests: number, newBad: number, stableRequests: number, stableBad: number) => ({
  newRequests,
  newBad,
  stableRequests,
  stableBad,
})
const after = (...batches: readonly ReturnType<typeof batch>[]) => batches.reduce(ratioLearnt, noRatio)
const shown = (evidence: typeof noRatio, alpha = 0.01) => {
  const { low, high, open } = ratioInterval(evidence, alpha)
  return [Number(low.toPrecision(2)), Number(high.toPrecision(2)), open.low, open.high]
}

describe('the interval of the ratio', () => {
  it('is the whole scale while nothing failed', () => {
    expect(shown(noRatio)).toEqual([0.02, 500, true, true])
    expect(ratioLearnt(noRatio, batch(1000, 0, 19_000, 0))).toBe(noRatio)
    expect(ratioLearnt(noRatio, batch(1000, 3, 0, 0))).toBe(noRatio)
    expect(ratioLearnt(noRatio, batch(0, 0, 1000, 3))).toBe(noRatio)
  })

  it('holds the ratio that was seen, and is narrow where much was', () => {
    expect(shown(after(batch(10_000, 210, 190_000, 190)))).toEqual([14, 29, false, false])
    expect(shown(after(batch(1000, 21, 19_000, 19)))).toEqual([6.4, 73, false, false])
    expect(shown(after(batch(1000, 21, 19_000, 19)), 0.2)).toEqual([8.7, 54, false, false])
  })

  it('is open to a side that nothing was seen of', () => {
    expect(shown(after(batch(1000, 0, 19_000, 190)))).toEqual([0.02, 0.69, true, false])
    expect(shown(after(batch(1000, 30, 19_000, 0)))).toEqual([54, 500, false, true])
  })

  it('comes to the same whatever the order of the batches, to a thousandth', () => {
    const [a, b] = [batch(100, 3, 1900, 1), batch(500, 2, 500, 4)]
    const [one, other] = [after(a, b), after(b, a)]
    for (const [at, value] of one.entries()) expect(value).toBeCloseTo(other[at] ?? Number.NaN, 2)
  })
})

describe('the interval of a rate', () => {
  it.each([
    [0, 0, [0, 1]],
    [0, 1000, [0, 0.0086]],
    [1000, 1000, [0.9914, 1]],
    [21, 1000, [0.0075, 0.045]],
    [1, 2, [0.0013, 0.9987]],
  ])('%d of %d', (bad, of, [low, high]) => {
    const [a, b] = rateInterval(bad, of, 0.01)
    expect(a).toBeCloseTo(low ?? 0, 4)
    expect(b).toBeCloseTo(high ?? 0, 4)
  })

  it('is narrower where less is asked for', () => {
    const [low, high] = rateInterval(21, 1000, 0.2)
    expect(low).toBeGreaterThan(rateInterval(21, 1000, 0.01)[0])
    expect(high).toBeLessThan(rateInterval(21, 1000, 0.01)[1])
  })
})

describe('the interval of a quantile', () => {
  const buckets = (all: number) =>
    new Map([
      [500, 0.99 * all],
      [100, 0.5 * all],
      [250, 0.94 * all],
      [Number.POSITIVE_INFINITY, all],
    ])

  it('lies between bounds', () => {
    expect(quantileInterval(buckets(10_000), 0.95, 0.05)).toEqual([250, 500])
    expect(quantileInterval(buckets(1000), 0.95, 0.05)).toEqual([100, 500])
    expect(quantileInterval(buckets(10), 0.95, 0.05)).toEqual([100, null])
    expect(quantileInterval(buckets(0), 0.95, 0.05)).toEqual([null, null])
    expect(quantileInterval(new Map(), 0.95, 0.05)).toEqual([null, null])
  })

  it('does not rest on the order of the buckets', () => {
    const all = [...buckets(10_000)].toSorted(([a], [b]) => b - a)
    expect(quantileInterval(new Map(all), 0.95, 0.05)).toEqual([250, 500])
  })

  it('is open where more requests are slower than the last bound', () => {
    expect(quantileInterval(buckets(10_000), 0.995, 0.05)).toEqual([500, null])
  })
})
