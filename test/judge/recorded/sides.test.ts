import { describe, expect, it } from 'vitest'
import { second } from '../../../src/core/time.ts'
import { sideRead, startSide } from '../../../src/judge/recorded/sides.ts'

type Buckets = Readonly<Record<string, number | undefined>>

/** What is counted between samples that come every 5 s; `null`: no data. */
function counted(
  ...samples: readonly (readonly [requests: number, bad: number, buckets?: Buckets | undefined] | null)[]
) {
  let memory = startSide
  return samples.map((sample, at) => {
    const side = sample && {
      requests: sample[0],
      bad: sample[1],
      ...(sample[2] && { buckets: { ...sample[2] } as Record<string, number> }),
    }
    const read = sideRead(memory, (at + 1) * 5 * second, side)
    memory = read.memory
    const told = read.note?.replace('no data: ', '').replace('no data on latency: ', '')
    const buckets = read.counted && read.counted.buckets.size > 0 ? [...read.counted.buckets.values()] : []
    return [read.counted && [read.counted.requests, read.counted.bad, ...buckets], ...(told ? [told] : [])]
  })
}

describe('counters of a recording', () => {
  it('count from the beginning of the recording', () => {
    expect(counted([26, 1], [50, 1])).toEqual([[[26, 1]], [[24, 0]]])
  })

  it('that are missing for a while are counted as soon as they are back', () => {
    expect(counted([26, 1], null, [80, 3])).toEqual([[[26, 1]], [null], [[54, 2]]])
  })

  it('that stand still count nothing, and are no restart', () => {
    expect(counted([26, 1], [26, 1], [30, 1])).toEqual([[[26, 1]], [[0, 0]], [[4, 0]]])
  })

  it('at the very beginning have no pace yet', () => {
    expect(sideRead(startSide, 0, { requests: 500, bad: 0 }).memory.pace).toBe(0)
  })

  it('that begin again at zero are all new', () => {
    expect(counted([1000, 10], [300, 2], [400, 2])).toEqual([[[1000, 10]], [[300, 2]], [[100, 0]]])
    expect(counted([1000, 10], [300, 0])).toEqual([[[1000, 10]], [[300, 0]]])
    expect(counted([1000, 0], [0, 0])).toEqual([[[1000, 0]], [[0, 0]]])
  })

  it('that go down without a restart are no data, until they are back where they were', () => {
    expect(counted([1000, 10], [1100, 9], [1150, 9], [1200, 11])).toEqual([
      [[1000, 10]],
      [null, 'failed requests went down and requests did not'],
      [null, 'failed requests went down and requests did not'],
      [[200, 1]],
    ])
    expect(counted([1000, 10], [1000, 9])[1]?.[0]).toBeNull()
    const steady = Array.from({ length: 20 }, (_, at) => [100 * (at + 1), 10] as const)
    expect(counted(...steady, [1900, 8], [2150, 12]).slice(20)).toEqual([[null, expect.any(String)], [[150, 2]]])
  })

  it('that come back up count nothing twice', () => {
    const all = counted([40_900, 15], [40_950, 0], [41_000, 15], [41_050, 0], [41_100, 0], [41_150, 18])
    const total = all.reduce((sum, [one]) => sum + ((one as number[] | null)?.[1] ?? 0), 0)
    expect(total).toBe(18)
  })

  it('that begin again and fail at once are counted', () => {
    expect(counted([500, 0], [20, 20], [40, 40])).toEqual([[[500, 0]], [[20, 20]], [[20, 20]]])
    // Failures that went up beside requests that went down may be a glitch; where they go on from there, they were none.
    const why = 'requests went down and failed requests did not'
    expect(counted([500, 2], [20, 20], [40, 40], [60, 60])).toEqual([[[500, 2]], [null, why], [[20, 20]], [[20, 20]]])
    expect(counted([1000, 10], [20, 10], [1100, 10])).toEqual([[[1000, 10]], [null, why], [[100, 0]]])
  })

  it('that are doubted may have begun again only since they were read last', () => {
    const steady = Array.from({ length: 20 }, (_, at) => [100 * (at + 1), 1] as const)
    // 20 a second: after a minute 1900 could have come together, but they stood there before.
    const low = Array.from({ length: 12 }, (_, at) => [1900 + at, 1] as const)
    const told = counted(...steady, ...low, [50, 0], [150, 0])
    expect(told.slice(20, 32).every(([one]) => one === null)).toBe(true)
    expect(told.slice(32)).toEqual([[[50, 0]], [[100, 0]]])
    expect(counted(...steady, [1900, 1], [301, 0]).at(-1)?.[0]).toBeNull()
    expect(counted(...steady, [1900, 1], [300, 0]).at(-1)).toEqual([[300, 0]])
  })

  it('have the pace of the time in which they were counted', () => {
    const pace = (...samples: readonly (readonly [number, number])[]) =>
      samples.reduce(
        (memory, [requests, bad], at) => sideRead(memory, (at + 1) * 5 * second, { requests, bad }).memory,
        startSide,
      ).pace
    expect(pace([100, 1], [200, 1], [300, 1])).toBe(20)
    expect(pace([100, 1], [200, 0], [300, 1])).toBe(20)
    expect(pace([100, 1], [200, 1], [40, 0])).toBeCloseTo(16, 9)
  })

  it('that were counted before the recording are where a side begins', () => {
    const first = sideRead({ ...startSide, isBegun: true }, 5 * second, { requests: 5e6, bad: 50_000 })
    expect([first.counted, first.isAnew]).toEqual([null, true])
    const next = sideRead(first.memory, 10 * second, { requests: 5_000_100, bad: 50_001 })
    expect([next.counted, next.isAnew, next.memory.pace]).toEqual([
      { requests: 100, bad: 1, buckets: new Map() },
      false,
      20,
    ])
  })

  it('that go down to more than the time allows are no data', () => {
    const steady = Array.from({ length: 20 }, (_, at) => [100 * (at + 1), 0] as const)
    const why = 'the counters went down to more than can have been counted since: no process started again'
    expect(counted(...steady, [301, 0]).at(-1)).toEqual([null, why])
    expect(counted(...steady, [300, 0]).at(-1)).toEqual([[300, 0]])
    expect(counted(...steady, null, [301, 0]).at(-1)).toEqual([[301, 0]])
    expect(counted(...steady, [1999, 0], [2099, 0], [2199, 0], [400, 0]).at(-1)).toEqual([null, why])
  })
})

describe('buckets of a recording', () => {
  const some = (a: number, b: number, all: number) => ({ '0.1': a, '0.25': b, '+Inf': all })

  it('are counted by milliseconds', () => {
    const { counted: first } = sideRead(startSide, 5 * second, { requests: 9, bad: 0, buckets: some(4, 6, 9) })
    expect(first?.buckets).toEqual(
      new Map([
        [100, 4],
        [250, 6],
        [Number.POSITIVE_INFINITY, 9],
      ]),
    )
    expect(counted([9, 0, some(4, 6, 9)], [19, 0, some(10, 14, 19)])).toEqual([[[9, 0, 4, 6, 9]], [[10, 0, 6, 8, 10]]])
  })

  it('that stand still count nothing', () => {
    expect(counted([9, 0, some(4, 6, 9)], [9, 0, some(4, 6, 9)])).toEqual([[[9, 0, 4, 6, 9]], [[0, 0, 0, 0, 0]]])
  })

  it('that begin again are all new', () => {
    expect(counted([100, 0, some(50, 80, 100)], [20, 0, some(9, 15, 20)])[1]).toEqual([[20, 0, 9, 15, 20]])
  })

  it.each([
    ['hold fewer than a narrower one', some(7, 6, 9), 'the buckets disagree'],
    ['have no bucket of all', { '0.1': 4, '0.25': 6 }, 'the buckets disagree'],
  ])('are no data where they %s', (_, buckets, why) => {
    expect(counted([9, 1, buckets])).toEqual([[[9, 1], why]])
  })

  it.each([
    ['are gone', undefined, 'the buckets are gone'],
    ['are others', { '0.2': 20, '+Inf': 30 }, 'other buckets than before'],
    ['are as many others', { '0.1': 20, '0.3': 25, '+Inf': 30 }, 'other buckets than before'],
    ['are more than before', { '0.1': 5, '0.2': 6, '0.25': 20, '+Inf': 30 }, 'other buckets than before'],
    ['went down alone', some(3, 20, 30), 'a bucket went down'],
  ])('are no data where they %s; failures are counted on', (_, buckets, why) => {
    expect(counted([9, 1, some(4, 6, 9)], [30, 2, buckets])[1]).toEqual([[21, 1], why])
  })

  it('that were wrong for a while count on from where they were', () => {
    const samples = [
      [9, 0, some(4, 6, 9)] as const,
      [15, 0, some(1, 7, 15)] as const,
      [20, 0, some(10, 15, 20)] as const,
    ]
    expect(counted(...samples)[2]).toEqual([[5, 0, 6, 9, 11]])
  })

  it('that were gone for a while count on from where they were', () => {
    const samples = [[9, 0, some(4, 6, 9)] as const, [15, 0] as const, [20, 0, some(10, 15, 20)] as const]
    expect(counted(...samples)[2]).toEqual([[5, 0, 6, 9, 11]])
  })
})
