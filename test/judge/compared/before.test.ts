import { describe, expect, it } from 'vitest'
import type { Counted, Reading, Series } from '../../../src/core/metrics.ts'
import { minute, second, type Millis } from '../../../src/core/time.ts'
import { baselineIn, lifetimeOf, scrapeOf } from '../../../src/judge/compared/before.ts'
import type { CountedPod } from '../../../src/judge/counters.ts'

const pods: ReadonlyMap<string, CountedPod> = new Map([
  ['a', { track: 'stable', fresh: false }],
  ['b', { track: 'stable', fresh: false }],
  ['n', { track: 'new', fresh: true }],
])
const began = 40 * minute
const scrape = 15 * second

const reading = (...series: readonly Series[]): Reading => ({ series, missing: [], values: new Map() })

/** A counter that grows by so much at each scrape, up to then. */
const growing = (pod: string, counted: Counted, by: number, from: Millis, to: Millis, start = 1000): Series => ({
  pod,
  id: `${pod}/${JSON.stringify(counted)}`,
  counted,
  samples: Array.from({ length: (to - from) / scrape + 1 }, (_, at) => [from + at * scrape, start + at * by] as const),
})

const once = (pod: string, counted: Counted, value: number): Series => ({
  pod,
  id: `${pod}/${JSON.stringify(counted)}`,
  counted,
  samples: [[began, value]],
})

describe('what a source that keeps samples has of stable from before a release', () => {
  const all = reading(
    growing('a', 'requests', 90, 0, 50 * minute),
    growing('a', 'both', 3, 0, 50 * minute),
    growing('b', 'requests', 87, 0, 50 * minute),
    growing('n', 'requests', 500, 41 * minute, 50 * minute),
  )

  it('ends where the release began', () => {
    const baseline = baselineIn(all, pods, began)
    // The first difference is where it starts to count.
    expect(baseline?.over).toBe(began - scrape)
    expect(baseline?.counts).toMatchObject({ requests: 159 * 180, bad: 159 * 3 })
  })

  it('tells how much pods differ, from thirty minutes on', () => {
    expect(baselineIn(all, pods, began)?.overdispersion).toBeGreaterThan(1)
    expect(baselineIn(all, pods, 20 * minute)?.overdispersion).toBeNull()
  })

  it('is nothing where stable was scraped once', () => {
    expect(baselineIn(reading(once('a', 'requests', 900)), pods, began)).toBeNull()
    expect(baselineIn(reading(growing('n', 'requests', 5, 0, began)), pods, began)).toBeNull()
  })

  it('is nothing where one difference is all there is, for that is where it starts', () => {
    expect(baselineIn(reading(growing('a', 'requests', 5, 0, scrape)), pods, began)).toBeNull()
    expect(baselineIn(reading(growing('a', 'requests', 5, 0, 2 * scrape)), pods, began)).toMatchObject({
      over: scrape,
      counts: { requests: 5 },
    })
  })

  it('was sampled as often as its samples say', () => {
    expect(scrapeOf(all)).toBe(scrape)
    expect(scrapeOf(reading(once('a', 'requests', 1)))).toBeNull()
  })

  it('was sampled as often as usual, although a sample is lost now and then', () => {
    const gap = [0, 15, 75, 90].map((at) => [at * second, at] as const)
    expect(scrapeOf(reading({ pod: 'a', id: 'a', counted: 'requests', samples: gap }))).toBe(15 * second)
  })
})

describe('what the stable pods counted in their lives', () => {
  it('is where their counters stand, of all of them and of nobody else', () => {
    const baseline = lifetimeOf(
      reading(
        once('a', 'requests', 900),
        once('a', 'both', 10),
        once('b', 'requests', 90),
        once('b', { le: 250 }, 80),
        once('n', 'requests', 70),
      ),
      pods,
      minute,
    )
    expect(baseline).toEqual({
      over: minute,
      counts: { requests: 1000, bad: 10, buckets: new Map([[250, 80]]) },
      overdispersion: null,
    })
  })

  it('is what the process counted that runs now, where an older one counted more', () => {
    const again = { ...once('a', 'requests', 30), samples: [[began - minute, 900] as const, [began, 30] as const] }
    expect(lifetimeOf(reading(again), pods, minute)?.counts.requests).toBe(30)
  })

  it('is found by version where the source has no pods', () => {
    const series = { ...once('', 'requests', 500), track: 'stable' as const }
    const other = { ...once('', 'requests', 70), track: 'new' as const }
    expect(lifetimeOf(reading(series, other), pods, minute)?.counts.requests).toBe(500)
  })

  it('is nothing where they counted nothing', () => {
    expect(lifetimeOf(reading(), pods, minute)).toBeNull()
    expect(lifetimeOf(reading(once('a', 'requests', 0)), pods, minute)).toBeNull()
  })
})
