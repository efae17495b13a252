import { describe, expect, it } from 'vitest'
import { slowBounds, slowedTail } from '../../../src/judge/compared/latency-streams.ts'
import vectors from './vectors.json' with { type: 'json' }

const p95 = { quantile: 0.95, slowdown: 0.15 }
const buckets = (...tails: readonly (readonly [le: number, tail: number])[]) =>
  new Map([...tails.map(([le, tail]) => [le, 1e6 * (1 - tail)] as const), [Number.POSITIVE_INFINITY, 1e6] as const])

describe('the bounds at which latency is compared', () => {
  it.each(vectors.latency)('are those of the reference: p$quantile of $tail', ({ bounds, tail, quantile, chosen }) => {
    const all = bounds.map((bound, at): [number, number] => [1000 * bound, tail[at] ?? 0])
    const own = slowBounds(buckets(...all), { quantile, slowdown: 0.15 })
    expect(own.map(({ bound, weight }) => [bound / 1000, weight])).toEqual(
      chosen.map(({ bound, weight }) => [bound, weight]),
    )
    for (const [at, { slope }] of chosen.entries()) expect(own[at]?.slope).toBeCloseTo(slope, 6)
  })

  it.each([
    ['there is no request', new Map([[Number.POSITIVE_INFINITY, 0]])],
    ['there is no bucket of all', new Map([[100, 50]])],
    ['all are faster than the first bound', buckets([100, 0], [250, 0])],
    ['all are slower than the last', buckets([100, 0.9], [250, 0.8])],
  ])('are none where %s', (_, all) => {
    expect(slowBounds(all, p95)).toEqual([])
  })

  it('leave neighbours out that say little, and share their weight', () => {
    expect(slowBounds(buckets([100, 0.6], [250, 0.05], [500, 0.001]), p95)).toMatchObject([{ bound: 250, weight: 1 }])
    expect(slowBounds(buckets([100, 0.5], [250, 0.05], [500, 0.002]), p95)).toMatchObject([
      { bound: 250, weight: 0.5 },
      { bound: 100, weight: 0.25 },
      { bound: 500, weight: 0.25 },
    ])
    const [main, beside] = slowBounds(buckets([100, 0.4], [250, 0.05], [500, 0.001]), p95)
    expect([main?.weight, beside?.weight].map((one) => one?.toFixed(4))).toEqual(['0.6667', '0.3333'])
  })

  it('tolerate a slope between 1.05 and 3', () => {
    const slopes = (...tails: readonly (readonly [number, number])[]) =>
      slowBounds(buckets(...tails), p95).map(({ slope }) => slope)
    expect(slopes([100, 0.051], [250, 0.05])).toEqual([1.05, 1.05])
    expect(slopes([100, 0.5], [101, 0.05])).toEqual([3, 3])
    expect(slopes([100, 0.05])).toEqual([1.05])
    expect(slopes([100, 0.05], [250, 0])).toEqual([1.05])
  })

  // p95 is 250 ms: three times that is 750 ms.
  const steep = buckets([50, 0.97], [100, 0.6], [250, 0.05], [500, 0.004], [1000, 0.0002], [2500, 0])

  it.each([
    ['p95 three times as long', 0.95, 3],
    ['p95 ten times as long', 0.95, 10],
    ['p50 four times as long', 0.5, 4],
  ])('tolerate %s where that is wished', (_, quantile, factor) => {
    const own = slowBounds(steep, { quantile, slowdown: factor - 1 })
    expect(own.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9)
    for (const { bound, slope, margin } of own) {
      const tailOf = (le: number): number => 1 - (steep.get(le) ?? 0) / 1e6
      const tolerated = slope * tailOf(bound) + margin
      // Requests that took this long would take as long as the bound, were they slower by the factor.
      const before = bound / factor
      const below = [...steep.keys()].findLast((le) => le <= before) ?? 0
      const above = [...steep.keys()].find((le) => le >= before) ?? 0
      expect(tolerated).toBeGreaterThanOrEqual(tailOf(above) - 1e-9)
      expect(tolerated).toBeLessThanOrEqual(Math.max(slope * tailOf(bound), tailOf(below)) + 1e-9)
    }
  })

  it('are none where no bound is so far out', () => {
    expect(slowBounds(buckets([50, 0.9], [100, 0.4], [250, 0.05]), { quantile: 0.95, slowdown: 9 })).toEqual([])
  })

  it('do not rest on the order of the buckets', () => {
    const all = [...buckets([100, 0.3], [250, 0.06], [500, 0.012])]
    expect(slowBounds(new Map(all.toReversed()), p95)).toEqual(slowBounds(new Map(all), p95))
  })
})

describe('the share of requests beyond a bound, were all of them slower', () => {
  const seen = buckets([100, 0.4], [250, 0.05], [500, 0])

  it('is that beyond the bound before, where they take so many times as long as lies between', () => {
    expect(slowedTail(seen, 250, 2.5)).toBeCloseTo(0.4, 9)
    expect(slowedTail(seen, 250, 1)).toBeCloseTo(0.05, 9)
    expect(slowedTail(seen, 100, 1.2)).toBeCloseTo(0.4 * 1.2 ** (Math.log(8) / Math.log(2.5)), 9)
  })

  it('is all of them at most', () => {
    expect(slowedTail(seen, 250, 100)).toBe(1)
  })

  it.each([
    ['a bound that is none', seen, 300],
    ['a bound that nothing exceeds', seen, 500],
    ['one bound alone', buckets([250, 0.05]), 250],
    ['no request', new Map(), 250],
  ])('is not known of %s', (_, all, bound) => {
    expect(slowedTail(all, bound, 2)).toBeNull()
  })
})
