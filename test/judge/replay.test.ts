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

  it('make no data of a side without requests, and of a source that was down', () => {
    const down = sample(1, 100, 100, { down: 'connection refused' })
    const pods = sample(2, 0, 0, { new: { pods: 1, ready: 1 } })
    expect(of(down, pods)).toMatchObject({ increments: [], heard: null })
  })

  it('are of one unit', () => {
    expect(of(sample(1, 100, 10, { unit: 'web@two' })).increments).toEqual([])
  })
})
