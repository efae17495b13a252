import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hour, minute, second, type Millis } from '../../../src/core/time.ts'
import { smallestFound, timeToAdvance, timeToDetect, worthFinding } from '../../../src/judge/compared/design.ts'
import { usualTerms } from '../../../src/judge/compared/terms.ts'

const pairs = (of: (rps: number, weight: number) => Millis) =>
  [1, 10, 100, 1000].flatMap((rps) => [0.05, 0.5].map((weight) => of(rps, weight)))

/** As the table was printed: rounded up to its unit. */
const rounded = (ms: Millis): string => {
  if (ms < 100 * second) return `${Math.ceil(ms / second - 1e-9)} s`
  return ms < 2 * hour ? `${Math.ceil(ms / minute)} min` : `${(ms / hour).toFixed(1)} h`
}

describe('the time to detect', () => {
  it.each([
    [0.001, 0.005, ['24.6 h', '5.8 h', '2.5 h', '35 min', '15 min', '4 min', '89 s', '21 s']],
    [0.001, 0.02, ['2.3 h', '39 min', '14 min', '4 min', '84 s', '24 s', '10 s', '10 s']],
    [0.005, 0.015, ['16.1 h', '3.7 h', '97 min', '23 min', '10 min', '3 min', '58 s', '14 s']],
    [0.001, 1, ['42 s', '13 s', '10 s', '10 s', '10 s', '10 s', '10 s', '10 s']],
  ])('from %d to %d is that of the reference', (base, worse, times) => {
    expect(pairs((rps, weight) => timeToDetect({ rps, weight }, { base, worse }, usualTerms)).map(rounded)).toEqual(
      times,
    )
  })

  it('of a healthy version to go on is that of the reference', () => {
    const times = pairs((rps, weight) => timeToAdvance({ rps, weight }, 0.001, usualTerms))
    expect(times.map(rounded)).toEqual(['7.5 h', '53 min', '45 min', '6 min', '5 min', '32 s', '27 s', '10 s'])
  })

  it.each([
    [
      { rps: 100, weight: 0.05 },
      { base: 0.001, worse: 0.00135 },
    ],
    [
      { rps: 100, weight: 0.05 },
      { base: 0.02, worse: 0.02 },
    ],
    [
      { rps: 0, weight: 0.05 },
      { base: 0.001, worse: 0.02 },
    ],
    [
      { rps: 100, weight: 0 },
      { base: 0.001, worse: 0.02 },
    ],
    [
      { rps: 100, weight: 1 },
      { base: 0.001, worse: 0.02 },
    ],
  ])('of what is tolerated, and without traffic on a side, never comes: %o %o', (traffic, rates) => {
    expect(timeToDetect(traffic, rates, usualTerms)).toBe(Number.POSITIVE_INFINITY)
  })

  it('against a bound needs no stable', () => {
    const bound = { ...usualTerms, tolerance: { ratio: 0, margin: 0.01 } }
    expect(timeToDetect({ rps: 100, weight: 1 }, { base: 0.01, worse: 0.03 }, bound)).toBeLessThan(minute)
  })

  it('grows with the overdispersion', () => {
    const at = (phi: number) => timeToDetect({ rps: 100, weight: 0.05 }, { base: 0.001, worse: 0.005 }, usualTerms, phi)
    expect(at(4)).toBeCloseTo(4 * at(1), 3)
    const advance = (phi: number) => timeToAdvance({ rps: 100, weight: 0.05 }, 0.001, usualTerms, phi)
    expect(advance(3)).toBeCloseTo(3 * advance(1), 3)
  })
})

describe('the smallest effect that is found', () => {
  it('takes just the soak', () => {
    const soaks = fc.integer({ min: 30, max: 7200 })
    fc.assert(
      fc.property(soaks, fc.constantFrom(0.001, 0.02), (seconds, base) => {
        const traffic = { rps: 200, weight: 0.1 }
        const worse = smallestFound(traffic, { base, soak: seconds * second }, usualTerms)
        expect(timeToDetect(traffic, { base, worse: worse ?? 0 }, usualTerms) / second).toBeCloseTo(seconds, 0)
      }),
      { numRuns: 25 },
    )
  })

  it('is none where even a broken version is not found', () => {
    expect(smallestFound({ rps: 0.01, weight: 0.05 }, { base: 0.001, soak: minute }, usualTerms)).toBeNull()
  })

  it('is the more the pods differ', () => {
    const at = (phi: number) =>
      smallestFound({ rps: 100, weight: 0.05 }, { base: 0.001, soak: 15 * minute }, usualTerms, phi)
    expect([at(1)?.toFixed(4), at(5)?.toFixed(4)]).toEqual(['0.0050', '0.0120'])
  })
})

describe('what is worth finding', () => {
  it.each([
    [0.001, 0.011],
    [0.02, 0.06],
    [0.5, 1],
  ])('where stable fails %d is %d', (base, worse) => {
    expect(worthFinding(base)).toBeCloseTo(worse, 12)
  })
})
