import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Increment, total } from '../../src/judge/counters.ts'
import { countedSince, firstRequest } from '../../src/judge/history.ts'
import { historyOf } from '../support/measured.ts'

/** In any order, as pods that are slow bring them. Quarters, for their sums are exact whichever is added first. */
const increments: fc.Arbitrary<readonly Increment[]> = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 40 }),
    track: fc.constantFrom('new', 'stable'),
    requests: fc.integer({ min: 0, max: 100 }).map((count) => count / 4),
    bad: fc.integer({ min: 0, max: 20 }),
    buckets: fc
      .uniqueArray(fc.constantFrom(100, 250, Infinity))
      .chain((bounds) =>
        fc
          .array(fc.integer({ min: 0, max: 50 }), { minLength: bounds.length, maxLength: bounds.length })
          .map((counts) => new Map(bounds.map((le, index) => [le, counts[index] ?? 0]))),
      ),
  }),
  { maxLength: 60 },
)
const time = fc.oneof(fc.integer({ min: -1, max: 45 }), fc.constantFrom(-Infinity, Infinity, 7.5))
const track = fc.constantFrom('new', 'stable')

describe('what a track counted', () => {
  it('in any span of any history is what a search through all of it finds', () => {
    fc.assert(
      fc.property(increments, fc.array(fc.tuple(track, time, time), { minLength: 1 }), (all, spans) => {
        const history = historyOf(all)
        for (const [of, from, to] of spans) {
          const searched = all.filter((one) => one.track === of && one.at > from && one.at <= to)
          expect(countedSince(history, of, from, to)).toEqual(total(searched))
        }
      }),
    )
  })

  it('is added up once, however often it is asked for', () => {
    const history = historyOf([{ at: 1, track: 'new', requests: 3, bad: 1, buckets: new Map() }])
    expect(countedSince(history, 'new', 0, 1)).toBe(countedSince(history, 'new', 0, 1))
  })

  it('first is the first that was handed over with a request in it', () => {
    fc.assert(
      fc.property(increments, track, (all, of) => {
        const first = all.find((one) => one.track === of && one.requests > 0)
        expect(firstRequest(historyOf(all), of)).toBe(first?.at ?? null)
      }),
    )
  })
})
