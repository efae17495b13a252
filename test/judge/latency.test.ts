import { describe, expect, it } from 'vitest'
import { countedIn, quantile, slowerThan } from '../../src/judge/latency.ts'

const buckets = new Map([
  [100, 50],
  [200, 90],
  [500, 99],
  [Number.POSITIVE_INFINITY, 100],
])

describe('requests slower than a bound', () => {
  it.each([
    [100, 50],
    [150, 30],
    [200, 10],
    [350, 5.5],
    [500, 1],
    [5000, 1],
  ])('%d ms: %d', (bound, slower) => {
    expect(slowerThan(buckets, bound)).toBeCloseTo(slower, 9)
  })

  it('are those beyond the last bound where no bucket says more', () => {
    expect(slowerThan(buckets, 60_000)).toBe(1)
  })

  it('do not rest on the order of the buckets', () => {
    expect(slowerThan(new Map([...buckets].toReversed()), 150)).toBeCloseTo(30, 9)
  })

  it('are none without requests', () => {
    expect(slowerThan(new Map(), 100)).toBe(0)
  })
})

describe('a quantile', () => {
  it.each([
    [0.25, 50],
    [0.5, 100],
    [0.7, 150],
    [0.9, 200],
    [0.99, 500],
    [0.999, 500],
  ])('%d is %d ms', (q, ms) => {
    expect(quantile(buckets, q)).toBeCloseTo(ms, 9)
  })

  it('does not rest on the order of the buckets, or on empty ones', () => {
    expect(quantile(new Map([...buckets].toReversed()), 0.7)).toBeCloseTo(150, 9)
    expect(quantile(new Map([[50, 0], ...buckets]), 0)).toBe(50)
  })

  it('is not known without requests', () => {
    expect(quantile(new Map([[100, 0]]), 0.5)).toBeNull()
  })
})

describe('buckets without +Inf are no data, for the slowest requests are in none of them', () => {
  const cut = new Map([
    [500, 100],
    [2000, 400],
  ])

  it('nothing was counted', () => {
    expect([countedIn(cut), quantile(cut, 0.95)]).toEqual([0, null])
  })

  it.each([100, 500, 1000, 2000, 5000])('and nothing was slower than %d ms', (bound) => {
    expect(slowerThan(cut, bound)).toBe(0)
  })
})
