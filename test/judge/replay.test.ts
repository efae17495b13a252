import { describe, expect, it } from 'vitest'
import type { Sample } from '../../src/core/sample.ts'
import { countedSince } from '../../src/judge/history.ts'
import { replayed } from '../../src/judge/replay.ts'
import { every, historyOf, paced } from '../support/measured.ts'
import { sampled } from '../support/sampled.ts'

const pace = { new: { requests: 10, bad: 1, within: 250 }, stable: { requests: 30, bad: 0, within: 100 } }
const increments = paced(pace, every, 9 * every)

const sample = (t: number, requests: number, bad: number, more: Partial<Sample> = {}): Sample => ({
  t,
  unit: 'web@one',
  stage: null,
  weight: 0.25,
  new: { pods: 1, ready: 1, requests, bad },
  stable: { pods: 4, ready: 4 },
  ...more,
})
const of = (...samples: Sample[]) =>
  replayed({ header: { v: 1, run: 'r7f3', plan: 'f00d', began: 0 }, samples, unread: 0 }, 'web@one')

describe('samples read again', () => {
  it.each(['new', 'stable'] as const)('are the history that they were taken from: %s pods', (track) => {
    const again = replayed(sampled({ unit: 'web@one', began: 0, until: 9 * every, increments }), 'web@one')
    for (const [from, to] of [
      [0, 9 * every],
      [2 * every, 5 * every],
    ] as const)
      expect(countedSince(again, track, from, to)).toEqual(countedSince(historyOf(increments), track, from, to))
  })

  it('take a counter that falls for one that began again', () => {
    expect(countedSince(of(sample(1, 100, 10), sample(2, 20, 1)), 'new', 0)).toMatchObject({ requests: 120, bad: 11 })
  })

  it.each([
    { what: 'both fall', next: [20, 1], counted: [120, 11] },
    { what: 'only failures fall', next: [150, 2], counted: [250, 12] },
    { what: 'only requests fall', next: [20, 10], counted: [120, 20] },
    { what: 'nothing rises', next: [100, 10], counted: [100, 10] },
    { what: 'a failure is told late', next: [100, 12], counted: [100, 12] },
  ])('count what came since where $what', ({ next: [requests = 0, bad = 0], counted }) => {
    const { increments } = of(sample(1, 100, 10), sample(2, requests, bad))
    const since = countedSince(of(sample(1, 100, 10), sample(2, requests, bad)), 'new', 0)
    expect([since.requests, since.bad]).toEqual(counted)
    expect(increments).toHaveLength(requests === 100 && bad === 10 ? 1 : 2)
  })

  it('bridge what was not counted, and end with what was', () => {
    const header = { v: 1, run: 'r7f3', plan: 'f00d', began: 1000 } as const
    const gap = sample(2, 0, 0, { new: { pods: 1, ready: 1 } })
    const stable = sample(1, 50, 0, { stable: { pods: 4, ready: 4, requests: 9, bad: 0 } })
    const samples = [stable, gap, sample(3, 110, 10), { ...gap, t: 4 }]
    const again = replayed({ header, samples, unread: 0 }, 'web@one')
    expect(again.heard).toBe(4000)
    expect(again.increments.map(({ at, track, requests }) => [at, track, requests])).toEqual([
      [2000, 'new', 50],
      [2000, 'stable', 9],
      [4000, 'new', 60],
    ])
  })

  it('make no data of a side without requests, and of a source that was down', () => {
    const down = sample(1, 100, 100, { down: 'connection refused' })
    const pods = sample(2, 0, 0, { new: { pods: 1, ready: 1 } })
    expect(of(down, pods)).toMatchObject({ increments: [], heard: null })
  })

  it('are of one unit', () => {
    expect(of(sample(1, 100, 10, { unit: 'web@two' })).increments).toEqual([])
  })
})
