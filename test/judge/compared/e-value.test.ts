import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundary, logEValue, tolerated } from '../../../src/judge/compared/e-value.ts'

/** P(k of n) at rate p, for every k. */
function chances(n: number, p: number): number[] {
  let term = (1 - p) ** n
  return Array.from({ length: n + 1 }, (_, k) => {
    const chance = term
    term *= ((n - k) / (k + 1)) * (p / (1 - p))
    return chance
  })
}

/** The exact expectation of one batch's e-value, by going through every outcome. */
function expectation(n: { fresh: number; stable: number }, truth: { fresh: number; stable: number }, bet: Bet): number {
  const [fresh, stable] = [chances(n.fresh, truth.fresh), chances(n.stable, truth.stable)]
  let sum = 0
  for (const [newBad, one] of fresh.entries())
    for (const [stableBad, other] of stable.entries()) {
      const batch = { newRequests: n.fresh, newBad, stableRequests: n.stable, stableBad }
      sum += one * other * Math.exp(logEValue(batch, bet, bet.tolerance))
    }
  return sum
}

interface Bet {
  readonly fresh: number
  readonly stable: number
  readonly tolerance: { readonly ratio: number; readonly margin: number }
}

const rate = (min: number, max: number) => fc.double({ min, max, noNaN: true })

describe('the e-value of one batch', () => {
  it('is 1 at most on average wherever the new version fails no more than tolerated', () => {
    const cases = fc.record({
      fresh: fc.integer({ min: 1, max: 12 }),
      stable: fc.integer({ min: 1, max: 25 }),
      truth: rate(0.001, 0.4),
      guess: rate(0.001, 0.3),
      odds: rate(1.05, 30),
      ratio: fc.constantFrom(0, 1, 1.25, 1.5),
      margin: fc.constantFrom(0.0001, 0.005, 0.02),
      below: rate(0, 1),
    })
    fc.assert(
      fc.property(cases, ({ fresh, stable, truth, guess, odds, ratio, margin, below }) => {
        const tolerance = { ratio, margin }
        const edge = tolerated(tolerance, guess)
        const bet = { fresh: Math.min(0.99, (edge * odds) / (1 - edge + edge * odds)), stable: guess, tolerance }
        const worst = Math.min(0.95, tolerated(tolerance, truth))
        expect(expectation({ fresh, stable }, { fresh: worst * below, stable: truth }, bet)).toBeLessThan(1 + 1e-9)
        expect(expectation({ fresh, stable }, { fresh: worst, stable: truth }, bet)).toBeLessThan(1 + 1e-9)
      }),
    )
  })

  it('grows where the new version does fail more', () => {
    const bet = { fresh: 0.2, stable: 0.01, tolerance: { ratio: 1.25, margin: 0.0001 } }
    expect(expectation({ fresh: 10, stable: 20 }, { fresh: 0.2, stable: 0.01 }, bet)).toBeGreaterThan(2)
  })
})

describe('the nearest point of the null boundary', () => {
  /** How well a point of the boundary explains what an alternative expects of a batch: higher is nearer. */
  const likeness = (
    x: number,
    [nc, ns]: readonly [number, number],
    { fresh: qc, stable: qs, tolerance }: Bet,
  ): number => {
    const half = (n: number, q: number, p: number) => n * (q * Math.log(p) + (1 - q) * Math.log1p(-p))
    return half(nc, qc, tolerated(tolerance, x)) + half(ns, qs, x)
  }

  it('explains what is bet on as well as any of its points', () => {
    const cases = fc.record({
      counts: fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 2000 })),
      fresh: rate(0.0001, 0.98),
      stable: rate(0.0001, 0.3),
      ratio: fc.constantFrom(0.5, 1, 1.25, 3),
      margin: fc.constantFrom(0, 0.0001, 0.02),
      other: rate(0, 1),
    })
    fc.assert(
      fc.property(cases, ({ counts: [nc, ns], fresh, stable, ratio, margin, other }) => {
        const bet = { fresh, stable, tolerance: { ratio, margin } }
        const batch = { newRequests: nc, newBad: 0, stableRequests: ns, stableBad: 0 }
        const best = likeness(boundary(batch, bet, bet.tolerance), [nc, ns], bet)
        const widest = Math.min(1, (1 - margin) / ratio)
        for (const x of [other * widest, other * stable, stable + other * (widest - stable), other ** 4 * widest])
          if (x > 1e-12 && x < widest * (1 - 1e-12))
            expect(best).toBeGreaterThanOrEqual(likeness(x, [nc, ns], bet) - 1e-6)
      }),
    )
  })

  it('is stable’s own rate where stable alone was asked, or does not count', () => {
    const bet = { fresh: 0.2, stable: 0.01 }
    const batch = (newRequests: number, stableRequests: number) => ({
      newRequests,
      newBad: 0,
      stableRequests,
      stableBad: 0,
    })
    expect(boundary(batch(0, 50), bet, { ratio: 1.25, margin: 0.001 })).toBeCloseTo(0.01, 12)
    expect(boundary(batch(50, 0), bet, { ratio: 0, margin: 0.001 })).toBe(0.01)
    expect(boundary(batch(50, 50), { fresh: 0.0001, stable: 0.01 }, { ratio: 0, margin: 0.1 })).toBe(0.01)
  })

  it('is where the new version’s rate is tolerated where only it was asked', () => {
    const batch = { newRequests: 50, newBad: 0, stableRequests: 0, stableBad: 0 }
    expect(boundary(batch, { fresh: 0.2, stable: 0.01 }, { ratio: 1.25, margin: 0.05 })).toBeCloseTo(0.12, 12)
    expect(boundary(batch, { fresh: 0.02, stable: 0.01 }, { ratio: 1.25, margin: 0.05 })).toBeLessThan(1e-12)
  })
})

describe('the e-value where no failure at all is tolerated', () => {
  const bet = { fresh: 0.97, stable: 0.001 }
  const of = (newBad: number) =>
    logEValue({ newRequests: 10, newBad, stableRequests: 90, stableBad: 0 }, bet, { ratio: 0, margin: 0 })

  it('falls with each request that did not fail', () => {
    expect(of(0)).toBeCloseTo(10 * Math.log(0.03), 12)
  })

  it('is beyond all bounds with the first that did', () => {
    expect(of(1)).toBe(Number.POSITIVE_INFINITY)
  })
})
