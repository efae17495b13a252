import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { count, nothingCounted, total } from '../../src/judge/counters.ts'
import { countersRead, countersWritten } from '../../src/judge/counters-checkpoint.ts'
import type { Series } from '../../src/core/metrics.ts'
import { heard, noHistory } from '../../src/judge/history.ts'
import { pods, reading, series } from './builders.ts'

const tracks = pods({ n: 'new', s: 'stable' })

/** What several readings add up to. */
function added(...readings: readonly ReturnType<typeof reading>[]): { readonly new: number; readonly stable: number } {
  let memory = nothingCounted
  const all = readings.flatMap((one) => {
    const counted = count(memory, one, tracks)
    memory = counted.memory
    return counted.increments
  })
  const of = (track: string) => total(all.filter((one) => one.track === track)).requests
  return { new: of('new'), stable: of('stable') }
}

describe('counters', () => {
  it('of a pod that ran before begin where they are first seen', () => {
    expect(added(reading(series('s', 'requests', [1, 1000])), reading(series('s', 'requests', [2, 1007])))).toEqual({
      new: 0,
      stable: 7,
    })
  })

  it('of a pod of the release count from zero', () => {
    expect(added(reading(series('n', 'requests', [1, 12])))).toEqual({ new: 12, stable: 0 })
  })

  it('that fall belong to a process that started again: all of the new value is new', () => {
    expect(added(reading(series('n', 'requests', [1, 100])), reading(series('n', 'requests', [2, 30])))).toEqual({
      new: 130,
      stable: 0,
    })
  })

  describe('that fall of a pod whose restarts are known', () => {
    const restarted = (restarts: number) => new Map([['n', { track: 'new', fresh: true, restarts }]] as const)
    const at = (second: number, value: number) => reading(series('n', 'requests', [second, value]))
    const seen = (...polls: readonly (readonly [value: number, restarts: number])[]) => {
      let memory = nothingCounted
      return polls.map(([value, restarts], index) => {
        const { increments, fallen, ...rest } = count(memory, at(index + 1, value), restarted(restarts))
        memory = rest.memory
        return fallen.has('n') ? 'fallen' : total(increments).requests
      })
    }

    it.each([
      [
        'began again with it',
        [
          [100, 0],
          [30, 1],
          [40, 1],
        ],
        [100, 30, 10],
      ],
      [
        'began again, which the source shows later than the cluster',
        [
          [100, 0],
          [110, 1],
          [30, 1],
        ],
        [100, 10, 30],
      ],
      [
        'count nothing when it was not restarted, until they are where they were',
        [
          [100, 0],
          [30, 0],
          [40, 0],
          [104, 0],
        ],
        [100, 'fallen', 'fallen', 4],
      ],
      [
        'count nothing again and again when several processes answer in turn',
        [
          [100, 0],
          [30, 0],
          [101, 0],
          [31, 0],
        ],
        [100, 'fallen', 1, 'fallen'],
      ],
      [
        'are no such thing where they stand still',
        [
          [100, 0],
          [100, 0],
          [110, 0],
        ],
        [100, 0, 10],
      ],
      [
        'are explained once by each restart',
        [
          [100, 0],
          [30, 1],
          [20, 1],
        ],
        [100, 30, 'fallen'],
      ],
    ] as const)('%s', (_, polls, counted) => {
      expect(seen(...polls)).toEqual(counted)
    })

    it('count on when they have risen ten times in a row: a process began anew inside the container', () => {
      const rising = Array.from({ length: 12 }, (_, index): readonly [number, number] => [30 + index, 0])
      expect(seen([100, 0], ...rising).slice(9)).toEqual(['fallen', 'fallen', 1, 1])
    })

    it('count nothing for as long as they fall now and then', () => {
      const inTurn = Array.from({ length: 30 }, (_, index): readonly [number, number] => [index % 8 === 0 ? 30 : 40, 0])
      expect(new Set(seen([100, 0], ...inTurn).slice(1))).toEqual(new Set(['fallen']))
    })

    describe('and has the name of one of the other version, as in a StatefulSet', () => {
      const one = (track: 'new' | 'stable', value: number) => [track, value] as const
      const read = (...polls: readonly (readonly ['new' | 'stable', number])[]) => {
        let memory = nothingCounted
        return polls.map(([track, value], index) => {
          const known = new Map([['n', { track, fresh: track === 'new', restarts: 0 }]])
          // As a driver that goes on has it.
          const kept = countersRead(countersWritten(memory)) ?? memory
          const { increments, fallen, ...rest } = count(kept, at(index + 1, value), known)
          memory = rest.memory
          return fallen.has('n') ? 'fallen' : total(increments).requests
        })
      }

      it('belong to another pod, whenever the source shows it', () => {
        const before = [one('stable', 5000), one('stable', 5100)]
        expect(read(...before, one('new', 100), one('new', 200))).toEqual([0, 100, 100, 100])
        expect(read(...before, one('new', 5110), one('new', 90), one('new', 95))).toEqual([0, 100, 10, 90, 5])
      })

      it('do so once each way', () => {
        expect(read(one('stable', 5000), one('new', 100), one('new', 40))).toEqual([0, 100, 'fallen'])
        expect(read(one('stable', 5000), one('new', 100), one('stable', 40))).toEqual([0, 100, 40])
      })
    })

    it('do not fall where samples come a second time, with a new one', () => {
      const { memory } = count(nothingCounted, reading(series('n', 'requests', [1, 50], [2, 100])), restarted(0))
      const again = reading(series('n', 'requests', [1, 50], [2, 99], [3, 120]))
      const { increments, fallen } = count(memory, again, restarted(0))
      expect([total(increments).requests, fallen.size]).toEqual([20, 0])
    })
  })

  it('under a label that had not occurred before lose nothing, when their pod was read before', () => {
    const first = reading(series('s', 'requests', [1, 50]))
    const then = reading(series('s', 'requests', [2, 50]), series('s', 'both', [2, 3]))
    expect(added(first, then)).toEqual({ new: 0, stable: 3 })
  })

  describe('of a reading of many samples', () => {
    const known = series('s', 'requests', [1, 100], [16, 110], [31, 120], [46, 130])
    const badOf = (...late: readonly (readonly [number, number])[]) =>
      total(count(nothingCounted, reading(known, series('s', 'both', ...late)), tracks).increments).bad

    it('lose nothing under a label that first occurs in it', () => {
      expect(badOf([46, 3])).toBe(3)
      expect(badOf([31, 3], [46, 7])).toBe(7)
    })

    it('begin where they are first seen when the reading may have cut off what was before', () => {
      expect(badOf([16, 900], [31, 903], [46, 904])).toBe(4)
    })

    it('begin where they are first seen when they are not scraped with others of their pod', () => {
      expect(badOf([40, 900], [55, 903])).toBe(3)
    })

    it('begin where they are first seen when only another pod was scraped before', () => {
      const both = pods({ s: 'stable', t: 'stable' })
      const other = series('t', 'both', [46, 900], [61, 903])
      expect(total(count(nothingCounted, reading(known, other), both).increments).bad).toBe(3)
    })
  })

  it('of a pod that vanished and came back count what came in between once', () => {
    const [before, gone, back] = [[1, 10] as const, null, [3, 25] as const].map((sample) =>
      reading(...(sample ? [series('n', 'requests', sample)] : [])),
    )
    expect(added(before!, gone!, back!)).toEqual({ new: 25, stable: 0 })
  })

  it('of two pods are told apart where a source has the same id for both', () => {
    const both = pods({ a: 'stable', b: 'stable' })
    const named = (a: number, b: number, at: number) =>
      reading(
        { pod: 'a', id: 'http_requests_total{code="200"}', counted: 'requests', samples: [[at, a]] },
        { pod: 'b', id: 'http_requests_total{code="200"}', counted: 'requests', samples: [[at, b]] },
      )
    const { memory } = count(nothingCounted, named(100, 7000, 1), both)
    expect(total(count(memory, named(110, 7005, 2), both).increments).requests).toBe(15)
  })

  it('of two versions are told apart where a source has the same id for both', () => {
    const named = (fresh: number, stable: number, at: number) =>
      reading(
        { pod: '', track: 'new', id: '/requests', counted: 'requests', samples: [[at, fresh]] },
        { pod: '', track: 'stable', id: '/requests', counted: 'requests', samples: [[at, stable]] },
      )
    expect(added(named(5, 9000, 1), named(8, 9100, 2))).toEqual({ new: 3, stable: 100 })
  })

  it('belong to the moment of their last sample, not to a later one', () => {
    const { increments } = count(nothingCounted, reading(series('n', 'requests', [1.2, 4], [1.7, 9])), tracks)
    expect(increments.map(({ at, requests }) => [at, requests])).toEqual([[1700, 9]])
  })

  it('of a histogram count nothing while pods of their side have different buckets', () => {
    const two = pods({ a: 'new', b: 'new', s: 'stable' })
    const page = (pod: string, at: number, ...les: readonly number[]) =>
      les.map((le) => series(pod, { le }, [at, 10 * at]))
    const mixed = reading(...page('a', 1, 100, 250), ...page('b', 1, 50, 1000), ...page('s', 1, 100))
    const { memory, increments } = count(nothingCounted, mixed, two)
    expect(increments).toEqual([])
    const same = reading(...page('a', 2, 100, 250), ...page('b', 2, 100, 250), ...page('s', 2, 100))
    const then = count(memory, same, two).increments.map(({ track, buckets }) => [track, [...buckets]])
    expect(then).toEqual([
      [
        'new',
        [
          [100, 30],
          [250, 30],
        ],
      ],
      ['stable', [[100, 10]]],
    ])
  })

  it('are of requests, of failed requests, or of requests that failed', () => {
    const all = reading(
      series('n', 'requests', [1, 40]),
      series('n', 'errors', [1, 3]),
      series('n', 'both', [1, 2]),
      series('n', { le: 100 }, [1, 30]),
    )
    const buckets = new Map([[100, 30]])
    expect(count(nothingCounted, all, tracks).increments).toMatchObject([{ requests: 42, bad: 5, buckets }])
  })

  it('say one thing of a moment: the first', () => {
    const told = (value: number) => reading(series('n', 'requests', [2, value]))
    expect(added(told(9), told(12))).toEqual({ new: 9, stable: 0 })
  })

  it('of pods of neither track are not counted', () => {
    expect(added(reading(series('x', 'requests', [1, 99])))).toEqual({ new: 0, stable: 0 })
  })

  it('without a pod’s name begin where they are first seen, whatever was seen without one before', () => {
    const of = (id: string, at: number, value: number) =>
      reading({ pod: '', track: 'stable', id, counted: 'requests', samples: [[at * 1000, value]] })
    expect(added(of('a', 1, 5), of('b', 2, 700), of('b', 3, 703))).toEqual({ new: 0, stable: 3 })
  })

  it('are counted by samples that are later than what was read, and by no other', () => {
    const first = reading(series('n', 'requests', [2, 9]))
    expect(added(first, reading(series('n', 'requests', [1, 3], [2, 12], [3, 15])))).toEqual({ new: 15, stable: 0 })
  })

  it('that say nothing leave nothing behind', () => {
    const { memory } = count(nothingCounted, reading(series('n', 'requests'), series('s', 'requests')), tracks)
    expect(memory.last.size).toBe(0)
  })

  it('are told in the order of time, by what they count', () => {
    const pace = (pod: string, ...at: readonly number[]) =>
      series(pod, 'requests', ...at.map((seconds): [number, number] => [seconds, seconds * 10]))
    const late = { ...series('n', { le: 100 }, [3, 7]) }
    const { increments } = count(nothingCounted, reading(pace('s', 1, 5), late, pace('n', 4)), tracks)
    expect(increments.map(({ at, requests, buckets }) => [at / 1000, requests, [...buckets]])).toEqual([
      [3, 0, [[100, 7]]],
      [4, 40, []],
      [5, 40, []],
    ])
  })

  it('that are seen again with the same sample count nothing', () => {
    const one = reading(series('n', 'requests', [1, 12]))
    expect(added(one, one, one)).toEqual({ new: 12, stable: 0 })
  })

  it('add up to the same whether their samples come one by one or together', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }), (values) => {
        const samples = values.map((value, index): readonly [number, number] => [index + 1, value])
        const together = added(reading(series('n', 'requests', ...samples)))
        expect(added(...samples.map((sample) => reading(series('n', 'requests', sample))))).toEqual(together)
      }),
    )
  })

  it('give the same whatever the order of the series', () => {
    const [a, b] = [series('n', 'requests', [1, 4], [2, 9]), series('s', 'requests', [1, 100], [2, 105])]
    expect(added(reading(a, b))).toEqual(added(reading(b, a)))
  })
})

describe('totals of a version', () => {
  const second = 1000
  const sides = pods({ n: 'new', m: 'new', s: 'stable' })
  type Told = readonly [requests: number, bad: number] | null
  const of = (track: 'new' | 'stable', at: number, told: Told): Series[] =>
    told === null
      ? []
      : (['requests', 'errors'] as const).map((counted, index) => ({
          pod: '',
          track,
          id: `/${counted}`,
          counted,
          samples: [[at * second, told[index] ?? 0]],
        }))
  /** What readings of the new version, ten seconds apart, counted each. */
  const seen = (...all: readonly Told[]) => {
    let memory = nothingCounted
    return all.map((told, index) => {
      const { increments, fallen, ...rest } = count(memory, reading(...of('new', 10 * (index + 1), told)), sides)
      memory = rest.memory
      const { requests, bad } = total(increments)
      return fallen.size > 0 ? [...fallen].join(' and ') : [requests, bad]
    })
  }
  const nothing = [0, 0]
  const noData = 'n and m'

  it('are those of another time where they are first read: a tag that is tried again', () => {
    expect(seen([50_000, 4000], [50_000, 4000], [50_010, 4001])).toEqual([nothing, nothing, [10, 1]])
  })

  it('count from the first request, where they were read at zero before', () => {
    expect(seen([0, 0], [12, 3], [20, 4])).toEqual([nothing, [12, 3], [8, 1]])
  })

  it('count from the first request, where the source was read before and had none', () => {
    expect(seen(null, [12, 3], [20, 4])).toEqual([nothing, [12, 3], [8, 1]])
    expect(seen([5, 0], null, [12, 3])).toEqual([nothing, nothing, [7, 3]])
  })

  it('begin where they are first seen when they could not be read before', () => {
    const failed = { ...reading(), missing: [{ pod: 'v2', why: 'status 500' }] }
    const { memory } = count(nothingCounted, failed, sides)
    expect(count(memory, reading(...of('new', 2, [50_000, 4000])), sides).increments).toEqual([])
    const other = { ...reading(), missing: [{ pod: 's', why: 'status 500' }] }
    const known = count(nothingCounted, other, sides).memory
    expect(total(count(known, reading(...of('new', 2, [12, 3])), sides).increments)).toMatchObject({ requests: 12 })
  })

  it('that were none, and could not be read then, have counted since', () => {
    const { memory } = count(nothingCounted, reading(), sides)
    const failed = count(memory, { ...reading(), missing: [{ pod: 'n', why: 'status 500' }] }, sides)
    expect(total(count(failed.memory, reading(...of('new', 2, [12, 3])), sides).increments)).toMatchObject({ bad: 3 })
  })

  it('of stable begin where they are first seen: it has served all the time', () => {
    const { memory } = count(nothingCounted, reading(), sides)
    expect(count(memory, reading(...of('stable', 2, [9000, 9])), sides).increments).toEqual([])
  })

  it('are evidence once where nobody knows where they stood: a driver that goes on without notes', () => {
    const resumed = [...pods({ n: 'new' })].map(([name, one]) => [name, { ...one, fresh: false }] as const)
    let memory = nothingCounted
    const told = (
      [
        [400, 8],
        [440, 9],
        [470, 9],
      ] as const
    ).map((one, index) => {
      const counted = count(memory, reading(...of('new', 10 * (index + 1), one)), new Map(resumed))
      memory = counted.memory
      return total(counted.increments).requests
    })
    expect(told).toEqual([0, 40, 30])
  })

  it('that fall because a pod left are no data, not all of them new', () => {
    expect(seen([50_000, 4000], [50_010, 4001], [45_000, 3600])).toEqual([nothing, [10, 1], noData])
  })

  it('that fell count on when they have passed where they were, or have risen ten times in a row', () => {
    expect(seen([1000, 10], [1010, 10], [900, 9], [1012, 11])).toEqual([nothing, [10, 0], noData, [2, 1]])
    const rising = Array.from({ length: 12 }, (_, index): Told => [900 + index, 9])
    expect(seen([1000, 10], [1010, 10], ...rising).slice(10)).toEqual([noData, noData, [1, 0], [1, 0]])
  })

  it('that all fell to what can have come since belong to a process that started again', () => {
    expect(seen([50_000, 40], [50_100, 50], [90, 9], [190, 9])).toEqual([nothing, [100, 10], [90, 9], [100, 0]])
    expect(seen([0, 0], [100, 0], [300, 0])).toEqual([nothing, [100, 0], [200, 0]])
    expect(seen([0, 0], [100, 0], [30, 2])).toEqual([nothing, [100, 0], [30, 2]])
  })

  it('can have come since by three times the pace of before, and no faster', () => {
    const usual = [
      [10_000, 0],
      [10_100, 0],
    ] as const
    expect(seen(...usual, [300, 0]).at(-1)).toEqual([300, 0])
    expect(seen(...usual, [301, 0]).at(-1)).toEqual(noData)
    // Since they were read last, believed or not.
    expect(seen(...usual, [9000, 0], [301, 0]).at(-1)).toEqual(noData)
    expect(seen(...usual, [9000, 0], [299, 0]).at(-1)).toEqual([299, 0])
    expect(seen(...usual, null, [599, 0]).at(-1)).toEqual([599, 0])
    expect(seen(...usual, [9000, 0], null, [599, 0]).at(-1)).toEqual([599, 0])
    expect(seen(...usual, [9000, 0], null, [601, 0]).at(-1)).toEqual(noData)
  })

  it('that began anew count all of what stands in each bucket', () => {
    const page = (at: number, requests: number, fast: number): Series[] => [
      ...of('new', at, [requests, 0]),
      { pod: '', track: 'new', id: '/fast', counted: { le: 500 }, samples: [[at * second, fast]] },
    ]
    let memory = nothingCounted
    const told = [page(10, 0, 0), page(20, 100, 2), page(30, 50, 40)].map((one) => {
      const counted = count(memory, reading(...one), sides)
      memory = counted.memory
      return total(counted.increments).buckets.get(500)
    })
    expect(told).toEqual([undefined, 2, 40])
  })

  it('of which only some fell are no data; the lower ones soon count on, if they are few', () => {
    expect(seen([0, 0], [100, 10], [30, 12], [60, 20], [70, 21])).toEqual([nothing, [100, 10], noData, noData, [10, 1]])
    expect(seen([0, 0], [100, 10], [110, 9], [120, 9], [130, 9])).toEqual([nothing, [100, 10], noData, noData, noData])
  })

  it('that fall are a side that can not be read: nothing is judged until they are known again', () => {
    const at = (seconds: number, told: Told) => [reading(...of('new', seconds, told)), sides, seconds * second] as const
    const before = heard(heard(noHistory, ...at(10, [50_000, 4000])), ...at(20, [50_010, 4001]))
    const { down } = heard(before, ...at(30, [45_000, 3600]))
    expect([before.down, down?.why]).toEqual([
      null,
      expect.stringMatching(/^2 of 2 new pods could not be read: n: its counters fell/),
    ])
  })

  it('say nothing of the other version when they fall', () => {
    const both = (at: number, fresh: Told, stable: Told) =>
      reading(...of('new', at, fresh), ...of('stable', at, stable))
    const first = count(nothingCounted, both(10, [1000, 0], [9000, 0]), sides).memory
    const { increments, fallen } = count(first, both(20, [1001, 0], [8000, 0]), sides)
    expect([increments.map(({ track, requests }) => [track, requests]), [...fallen]]).toEqual([[['new', 1]], ['s']])
  })
})
