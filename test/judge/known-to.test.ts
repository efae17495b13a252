import { describe, expect, it } from 'vitest'
import type { Series } from '../../src/core/metrics.ts'
import { second } from '../../src/core/time.ts'
import { stableKnownTo } from '../../src/judge/known-to.ts'
import { pods, reading, series } from './builders.ts'

const tracks = pods({ a: 'stable', b: 'stable', n: 'new' })
const known = (now: number, ...all: readonly Series[]): number | null => {
  const at = stableKnownTo(reading(...all), tracks, now * second)
  return at === null ? null : at / second
}
/** Scraped each 15 s, last at this time. */
const scraped = (pod: string, last: number): Series => series(pod, 'requests', [last - 15, 1], [last, 2])

describe('stable is known', () => {
  it('as far as the pod of it that was scraped longest ago', () => {
    expect(known(100, scraped('a', 98), scraped('b', 90), scraped('n', 80))).toBe(90)
  })

  it('of a pod by the series that was scraped last', () => {
    expect(known(100, scraped('a', 90), { ...scraped('a', 98), id: 'a/500' })).toBe(98)
  })

  it('without pods that missed two scrapes', () => {
    expect(known(119, scraped('a', 118), scraped('b', 89))).toBe(89)
    expect(known(120, scraped('a', 118), scraped('b', 89))).toBe(118)
  })

  it('without pods that were silent for ten seconds, where scrapes are close to each other', () => {
    const quick = (pod: string, last: number): Series => series(pod, 'requests', [last - 1, 1], [last, 2])
    expect(known(99, quick('a', 98), quick('b', 89))).toBe(89)
    expect(known(100, quick('a', 98), quick('b', 89))).toBe(98)
  })

  it('until now where all of it was read at once', () => {
    expect(known(100, series('a', 'requests', [98, 1]), series('b', 'requests', [90, 1]))).toBeNull()
  })

  it('until now where there is none of it any more', () => {
    expect(known(100, scraped('n', 90), scraped('gone', 80))).toBeNull()
  })

  it('of a source of totals by what it has of the version', () => {
    expect(known(100, { ...scraped('', 95), track: 'stable' }, { ...scraped('', 99), track: 'new' })).toBe(95)
  })
})
