import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../../src/core/time.ts'
import { agree, batchOf, streamsOf } from '../../../src/judge/compared/streams.ts'
import { type Terms, usualTerms } from '../../../src/judge/compared/terms.ts'
import { counts, quiet } from './builders.ts'

const all = Number.POSITIVE_INFINITY
const streams = (wanted: Partial<Parameters<typeof streamsOf>[1]> = {}, terms: Partial<Terms> = {}) =>
  streamsOf({ ...usualTerms, ...terms }, { baseline: quiet, latency: false, ...wanted })
const other = (name: string) => ({
  name,
  tolerance: { ratio: 2, margin: 0 },
  advance: { ratio: 3, margin: 0 },
  seed: { requests: 7, bad: 1 },
})

describe('what is compared', () => {
  it('has parts of the evidence that add up to 1, whatever is there', () => {
    const weights = (wanted: Parameters<typeof streams>[0]) =>
      streams(wanted).streams.map(({ name, weight }) => [name, Number(weight.toFixed(4))])
    expect(weights({})).toEqual([['errors', 1]])
    expect(weights({ latency: true })).toEqual([
      ['errors', 0.625],
      ['latency 250 ms', 0.1875],
      ['latency 100 ms', 0.0938],
      ['latency 500 ms', 0.0938],
    ])
    expect(weights({ others: [other('checkout'), other('login')] })).toEqual([
      ['errors', 0.7143],
      ['checkout', 0.1429],
      ['login', 0.1429],
    ])
  })

  it('is nothing that has no part of the evidence', () => {
    const weights = { errors: 0, latency: 0.3, other: 0.2 }
    expect(
      streams({ others: [other('checkout')] }, { weights }).streams.map(({ name, weight }) => [name, weight]),
    ).toEqual([['checkout', 1]])
    expect(streams({}, { weights }).streams).toEqual([])
    const noLatency = { weights: { errors: 0.5, latency: 0, other: 0.2 } }
    expect(streams({ latency: true }, noLatency)).toEqual(streams({ latency: false }, noLatency))
  })

  it('is not latency where buckets tell nothing of it, and says so', () => {
    const missing = (buckets: readonly (readonly [number, number])[]): readonly string[] =>
      streams({ latency: true, baseline: { ...quiet, counts: counts(1000, 1, new Map(buckets)) } }).missing
    expect(missing([])).toEqual(['latency: no histogram of stable from before the release'])
    expect(
      missing([
        [100, 1000],
        [250, 1000],
        [all, 1000],
      ]),
    ).toEqual(['latency: the requests of stable before the release lie in one bucket'])
  })

  it('tolerates of each what was said of it', () => {
    const [errors, slow, , , own] = streams({ latency: true, others: [other('checkout')] }).streams
    expect(errors).toMatchObject({
      metric: 'errors',
      bound: null,
      from: 0,
      back: usualTerms.tolerance,
      on: usualTerms.advance,
    })
    expect(slow).toMatchObject({
      metric: 'latency',
      bound: 250,
      from: minute,
      back: { margin: 0.002 },
      on: { ratio: 1.5, margin: 0.005 },
    })
    expect(slow?.back.ratio).toBeCloseTo(1.278_244_651, 6)
    expect(own).toMatchObject({
      metric: 'checkout',
      back: { ratio: 2 },
      on: { ratio: 3 },
      seed: { requests: 7, bad: 1 },
    })
  })

  it('lets latency go on early with what is tolerated of it, at least', () => {
    const steep = { ...usualTerms.latency, slowdown: 0.5 }
    const [, slow] = streams({ latency: true }, { latency: steep }).streams
    expect(slow?.back.ratio).toBeGreaterThan(1.5)
    expect(slow?.on.ratio).toBe(slow?.back.ratio)
  })

  it('begins with what stable did before, of a long time no more than it would keep', () => {
    const seeds = (over: number) =>
      streams({ latency: true, baseline: { ...quiet, over } }).streams.map(({ seed }) =>
        [seed.requests, seed.bad].map(Math.round),
      )
    expect(seeds(10 * minute).slice(0, 2)).toEqual([
      [60_000, 60],
      [60_000, 3600],
    ])
    expect(seeds(hour).slice(0, 2)).toEqual([
      [14_427, 14],
      [14_427, 866],
    ])
    expect(seeds(0)[0]).toEqual([60_000, 60])
    expect(streams({ baseline: null }).streams[0]?.seed).toEqual({ requests: 0, bad: 0 })
  })

  it('says what can’t be, and why', () => {
    expect(streams({ latency: true }).missing).toEqual([])
    expect(streams({ latency: true, baseline: null }).missing).toEqual([
      'latency: no histogram of stable from before the release',
      'overdispersion: no pods to tell it from, taken as 1',
    ])
  })

  it.each([
    ['auto', 4, 4],
    ['auto', null, 1],
    ['auto', 0.2, 1],
    [7, 4, 7],
    [7, null, 7],
  ] as const)('takes an overdispersion of %s, where pods show %s, for %d', (wanted, seen, phi) => {
    const { streams: own, missing } = streams(
      { baseline: { ...quiet, overdispersion: seen } },
      { overdispersion: wanted },
    )
    expect(own[0]?.overdispersion).toBe(phi)
    expect(missing.length).toBe(wanted === 'auto' && seen === null ? 1 : 0)
  })

  describe('how much pods differ', () => {
    const slow = new Map([
      [100, 2],
      [250, 5],
      [500, 0.5],
    ])
    const phis = (seen: number | null, of: ReadonlyMap<number, number> | undefined, terms: Partial<Terms> = {}) => {
      const { slowOverdispersion: _, ...before } = quiet
      const baseline = { ...before, overdispersion: seen, ...(of && { slowOverdispersion: of }) }
      const bounded = { ...other('latency.p99 < 1 * baseline'), bound: 500 }
      const { streams: own, missing } = streams({ baseline, latency: true, others: [bounded, other('own')] }, terms)
      return { phis: own.map(({ overdispersion }) => overdispersion), missing }
    }

    it('is its own in failures and at each bound', () => {
      expect(phis(3, slow)).toEqual({ phis: [3, 5, 2, 1, 1, 3], missing: [] })
    })

    it('is as in failures where it is not known, and that is said', () => {
      const missing = ['overdispersion of latency: too little to tell it from, taken as that of errors']
      expect(phis(3, undefined)).toEqual({ phis: [3, 3, 3, 3, 3, 3], missing })
      expect(phis(3, new Map([[250, 5]]))).toEqual({ phis: [3, 5, 3, 3, 3, 3], missing })
    })

    it('is by chance alone where nothing is known of failures, and that is said', () => {
      const missing = ['overdispersion of errors: too little to tell it from, taken as 1']
      expect(phis(null, slow)).toEqual({ phis: [1, 5, 2, 1, 1, 1], missing })
    })

    it('is what was asked for wherever that was', () => {
      expect(phis(3, slow, { overdispersion: 7 })).toEqual({ phis: [7, 7, 7, 7, 7, 7], missing: [] })
    })
  })
})

describe('a batch', () => {
  const compared = { bound: null, back: { ratio: 1.25, margin: 0 } }
  const held = { bound: null, back: { ratio: 0, margin: 0.01 } }
  const slow = { ...compared, bound: 250 }
  const side = (requests: number, ...buckets: readonly (readonly [number, number])[]) =>
    counts(requests, 1, new Map(buckets))

  it('is of both sides', () => {
    expect(batchOf(compared, side(10), side(90))).toEqual({
      newRequests: 10,
      newBad: 1,
      stableRequests: 90,
      stableBad: 1,
    })
    expect(batchOf(compared, null, side(90))).toBeNull()
    expect(batchOf(compared, side(10), null)).toBeNull()
  })

  it('that is held against a bound needs no stable', () => {
    expect(batchOf(held, side(10), null)).toEqual({ newRequests: 10, newBad: 1, stableRequests: 0, stableBad: 0 })
    expect(batchOf(held, null, side(10))).toBeNull()
  })

  it('of slow requests is of those that the histogram has', () => {
    const fresh = side(11, [250, 6], [all, 10])
    expect(batchOf(slow, fresh, side(90, [all, 80], [250, 70]))).toEqual({
      newRequests: 10,
      newBad: 4,
      stableRequests: 80,
      stableBad: 10,
    })
  })

  it.each([
    ['a side has no such bound', side(90, [100, 7], [all, 80])],
    ['a side does not say how many there were', side(90, [100, 7], [250, 70])],
    ['buckets disagree', side(90, [100, 71], [250, 70], [all, 80])],
    ['a side with requests has no buckets', side(90)],
    ['a side without requests has buckets of other bounds', side(0, [100, 0], [all, 0])],
  ])('of slow requests is no data where %s', (_, stable) => {
    expect(batchOf(slow, side(10, [250, 6], [all, 10]), stable)).toBeNull()
    expect(batchOf(slow, stable, side(10, [250, 6], [all, 10]))).toBeNull()
  })

  it('of slow requests is empty on a side that answered nothing', () => {
    expect(batchOf(slow, side(0), side(10, [250, 6], [all, 10]))).toMatchObject({ newRequests: 0, newBad: 0 })
  })
})

describe('buckets', () => {
  it.each([
    [
      [
        [all, 3],
        [250, 2],
        [100, 2],
      ],
      true,
    ],
    [
      [
        [100, 2],
        [250, 1],
        [all, 3],
      ],
      false,
    ],
    [
      [
        [all, 1],
        [100, 2],
      ],
      false,
    ],
    [[[100, 2]], false],
    [[], false],
  ] as const)('%j agree: %s', (buckets, answer) => {
    expect(agree(new Map(buckets))).toBe(answer)
  })
})
