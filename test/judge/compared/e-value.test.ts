import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logEValue, tolerated } from '../../../src/judge/compared/e-value.ts'

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
