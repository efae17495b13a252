import { describe, expect, it } from 'vitest'
import { minute } from '../../src/core/time.ts'
import { noHistory } from '../../src/judge/history.ts'
import { baselineSample, noTally, sideSamples, tallied } from '../../src/judge/tally.ts'
import { every, historyOf, paced } from '../support/measured.ts'

const pace = { new: { requests: 10, bad: 1, within: 250 }, stable: { requests: 30, bad: 0, within: 100 } }
const all = paced(pace, 0, 9 * every)
const pods = { new: { pods: 1, ready: 1 }, stable: { pods: 4, ready: 3 } }

describe('a tally', () => {
  it('adds each increment once, however often the history is handed over', () => {
    const polls = [4, 4, 8, 20].map((count) => historyOf(all.slice(0, count)))
    const { counts } = polls.reduce(tallied, noTally)
    expect(counts.new).toMatchObject({ requests: 100, bad: 10 })
    expect(counts.stable).toMatchObject({ requests: 300, bad: 0 })
  })

  it('keeps what the history has forgotten', () => {
    const polls = [historyOf(all.slice(0, 10)), historyOf(all.slice(6, 14)), historyOf(all.slice(14))]
    expect(polls.reduce(tallied, noTally).counts.new).toMatchObject({ requests: 100, bad: 10 })
  })

  it('stands in a sample with its buckets by seconds', () => {
    const tally = tallied(noTally, historyOf(all.slice(0, 2)))
    expect(sideSamples(tally, pods).new).toEqual({
      pods: 1,
      ready: 1,
      requests: 10,
      bad: 1,
      buckets: { '0.1': 0, '0.25': 10, '0.5': 10, '1': 10, '+Inf': 10 },
    })
  })

  it('stands with its buckets by their bounds, and with none where there are none', () => {
    const buckets = new Map([
      [Number.POSITIVE_INFINITY, 3],
      [250, 2],
      [100, 1],
    ])
    const counts = { new: { requests: 3, bad: 0, buckets }, stable: { requests: 0, bad: 0, buckets: new Map() } }
    const sides = sideSamples({ counts, last: null, heard: true }, pods)
    expect(Object.keys(sides.new.buckets ?? {})).toEqual(['0.1', '0.25', '+Inf'])
    expect(sides.stable).not.toHaveProperty('buckets')
  })

  it('of a source that has not been heard is no data, and not zero', () => {
    expect(sideSamples(noTally, pods)).toEqual(pods)
    expect(sideSamples(tallied(noTally, noHistory), pods)).toEqual(pods)
  })
})

describe('what stable did before, in a sample', () => {
  const before = { over: 10 * minute, counts: { requests: 900, bad: 3, buckets: new Map([[250, 880]]) } }
  const written = { v: 1, seconds: 600, requests: 900, bad: 3, buckets: { '0.25': 880 } }

  it('has its length in seconds', () => {
    expect(baselineSample({ ...before, overdispersion: 1.5 })).toEqual({ ...written, phi: 1.5 })
  })

  it('says how much pods differ at each bound, and how often they are scraped', () => {
    const slowOverdispersion = new Map([
      [250, 5.25],
      [100, 2],
    ])
    expect(baselineSample({ ...before, overdispersion: 1.5, slowOverdispersion, scrape: 15_000 })).toEqual({
      ...written,
      phi: 1.5,
      slowPhi: { '0.1': 2, '0.25': 5.25 },
      scrape: 15,
    })
    expect(baselineSample({ ...before, overdispersion: null, slowOverdispersion: new Map(), scrape: null })).toEqual(
      written,
    )
  })

  it('does not say how much pods differ where nobody knows', () => {
    expect(baselineSample({ ...before, overdispersion: null })).toEqual(written)
  })
})
