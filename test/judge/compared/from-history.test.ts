import { describe, expect, it } from 'vitest'
import { minute, second } from '../../../src/core/time.ts'
import type { Increment } from '../../../src/judge/counters.ts'
import { type History, noHistory } from '../../../src/judge/history.ts'
import { baselineOf, pollBetween } from '../../../src/judge/compared/from-history.ts'
import { started } from './builders.ts'

const streamsOf = () => started().streams.map(({ stream }) => stream)
const increment = (track: Increment['track'], at: number, requests: number, bad = 0): Increment => ({
  track,
  at: at * second,
  requests,
  bad,
  buckets: new Map(),
})
const history = (...increments: readonly Increment[]): History => ({ ...noHistory, increments })
const errors = (before: History | null, after: History) =>
  pollBetween(before, after, { streams: streamsOf(), at: minute }).batches?.['errors']

describe('a poll of a history', () => {
  const [a, b, late] = [increment('new', 5, 10, 1), increment('stable', 5, 90, 2), increment('new', 4, 3)]

  it('holds what is new in it, also what is told late', () => {
    expect(errors(null, history(a, b))).toEqual({ newRequests: 10, newBad: 1, stableRequests: 90, stableBad: 2 })
    expect(errors(history(a, b), history(a, b, late))).toMatchObject({ newRequests: 3, stableRequests: 0 })
    expect(errors(history(a, b), history(a, b))).toMatchObject({ newRequests: 0, stableRequests: 0 })
    expect(errors(history(a, b, late), history(a, b, late))).toMatchObject({ newRequests: 0, stableRequests: 0 })
  })

  it('loses nothing where the history has forgotten what was shown', () => {
    expect(errors(history(a), history(b, late))).toMatchObject({ newRequests: 3, stableRequests: 90 })
  })

  it('is no data while the source is away', () => {
    const away = { ...history(a), down: { since: 0, polls: 1, why: 'gone' } }
    expect(pollBetween(null, away, { streams: streamsOf(), at: minute })).toEqual({ at: minute, batches: null })
  })
})

describe('the baseline', () => {
  const all = history(
    increment('new', 20, 7),
    increment('stable', 10, 50, 1),
    increment('stable', 30, 40, 2),
    increment('stable', 90, 9),
  )

  it('is what stable counted until the release began, from its first sample on', () => {
    expect(baselineOf(all, minute, 2)).toMatchObject({
      over: 50 * second,
      counts: { requests: 40, bad: 2 },
      overdispersion: 2,
    })
  })

  it('is not known without a time before the release', () => {
    expect(baselineOf(all, 10 * second, null)).toBeNull()
    expect(baselineOf(all, second, null)).toBeNull()
    expect(baselineOf(noHistory, minute, null)).toBeNull()
  })
})
