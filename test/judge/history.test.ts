import { describe, expect, it } from 'vitest'
import { hour, minute, second } from '../../src/core/time.ts'
import { firstRequest, heard, noHistory, unheard } from '../../src/judge/history.ts'
import { pods, reading, series } from './builders.ts'

const tracks = pods({ a: 'new', b: 'new', c: 'stable', d: 'stable' })
const away = (...names: readonly string[]) => ({
  ...reading(),
  missing: names.map((pod) => ({ pod, why: 'connection refused' })),
})

describe('a history', () => {
  it('keeps what was counted in the last six hours', () => {
    const first = heard(noHistory, reading(series('a', 'requests', [1, 5])), tracks, second)
    const then = (now: number) =>
      heard(first, reading(series('b', 'requests', [now / second, 7])), tracks, now).increments.map(
        ({ requests }) => requests,
      )
    expect(then(6 * hour)).toEqual([5, 7])
    expect(then(6 * hour + second)).toEqual([7])
  })

  it('knows when the first request was counted, however long ago', () => {
    const polls = Array.from({ length: 37 }, (_, at) => second + at * 10 * minute)
    const long = polls.reduce(
      (history, now) => heard(history, reading(series('a', 'requests', [now / second, now])), tracks, now),
      noHistory,
    )
    expect(long.increments[0]?.at).toBeGreaterThan(second)
    expect([firstRequest(long, 'new'), firstRequest(long, 'stable')]).toEqual([second, null])
  })

  it('keeps values of queries as long as a window looks back', () => {
    const of = (value: number) => ({ ...reading(), values: new Map([['queue', value]]) })
    const polls = Array.from({ length: 10 }, (_, at) => at + 1)
    const { values } = polls.reduce((history, at) => heard(history, of(at), tracks, at * minute, 3 * minute), noHistory)
    expect(values.get('queue')?.map(([, value]) => value)).toEqual([8, 9, 10])
  })

  it('keeps each value of a query with its time', () => {
    const of = (value: number) => ({ ...reading(), values: new Map([['queue', value]]) })
    const { values } = heard(heard(noHistory, of(3), tracks, 1), of(4), tracks, 2)
    expect(values.get('queue')).toEqual([
      [1, 3],
      [2, 4],
    ])
  })

  it.each([
    { what: 'no pod', names: [], why: null },
    { what: 'half of a side', names: ['a', 'c'], why: null },
    { what: 'all of the new ones', names: ['a', 'b'], why: '2 of 2 new pods could not be read: a: connection refused' },
    {
      what: 'all of the stable ones',
      names: ['d', 'c'],
      why: '2 of 2 stable pods could not be read: d: connection refused',
    },
    { what: 'a pod of neither side', names: ['x', 'y', 'z'], why: null },
  ])('is of a source that is away when it could not read more than half of a side: $what', ({ names, why }) => {
    const { down, missing } = heard(noHistory, away(...names), tracks, 5)
    expect(down && [down.why, down.since, down.polls]).toEqual(why && [why, 5, 1])
    expect(missing).toHaveLength(names.length)
  })

  it('is of a source that is away when a query of it fails', () => {
    const broken = { ...reading(), complaints: new Map([['queue', 'two series']]) }
    expect(heard(noHistory, broken, tracks, 5).down?.why).toBe('query queue: two series')
    expect(heard(noHistory, { ...reading(), complaints: new Map() }, tracks, 5).down).toBeNull()
  })

  it('is of a source that is away when counters fall of pods that were not restarted', () => {
    const kept = new Map([['a', { track: 'new', fresh: true, restarts: 0 }]] as const)
    const at = (second: number, value: number) => reading(series('a', 'requests', [second, value]))
    const { down, increments } = heard(heard(noHistory, at(1, 100), kept, 1), at(2, 30), kept, 2)
    expect(down?.why).toMatch(/^1 of 1 new pods could not be read: a: its counters fell although it was not restarted/)
    expect(increments.map(({ requests }) => requests)).toEqual([100])
  })

  it('is of a source that is away when a clock was set back: nothing can be counted until it is where it was', () => {
    const at = (second: number, value: number) => reading(series('a', 'requests', [second, value]))
    const before = heard(noHistory, at(100, 50), tracks, 100 * second)
    const back = heard(before, at(40, 90), tracks, 100 * second)
    expect([back.down?.why, back.increments.length]).toEqual([
      'its samples are older than those before: was a clock set back?',
      1,
    ])
    expect(heard(before, at(100, 50), tracks, 101 * second).down).toBeNull()
    expect(heard(back, at(110, 95), tracks, 110 * second).increments.at(-1)).toMatchObject({ requests: 45 })
  })

  it('is of a source that is away when its samples are of more than a minute later: no window reaches them', () => {
    const at = (seconds: number) => reading(series('a', 'requests', [seconds, 50]))
    expect(heard(noHistory, at(160), tracks, 100 * second).down).toBeNull()
    expect(heard(noHistory, at(161), tracks, 100 * second).down?.why).toMatch(/^its samples are of later than now: /)
  })

  it('knows since when a source is away, how often it was asked, and when it came back', () => {
    const once = unheard(noHistory, 'timeout', 5)
    const twice = unheard(once, 'refused', 9)
    expect([once.down, twice.down]).toEqual([
      { since: 5, polls: 1, why: 'timeout' },
      { since: 5, polls: 2, why: 'refused' },
    ])
    expect(heard(twice, away('a', 'b'), tracks, 12).down).toMatchObject({ since: 5, polls: 3 })
    expect(heard(twice, reading(), tracks, 12)).toMatchObject({ down: null, heard: 12 })
  })
})
