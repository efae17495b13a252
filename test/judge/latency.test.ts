import { describe, expect, it } from 'vitest'
import { quantile, slowerThan } from '../../src/judge/latency.ts'

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

  it('is not known without requests', () => {
    expect(quantile(new Map([[100, 0]]), 0.5)).toBeNull()
  })
})
