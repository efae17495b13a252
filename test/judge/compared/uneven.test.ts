import { describe, expect, it } from 'vitest'
import type { Counted, Reading, Series } from '../../../src/core/metrics.ts'
import { minute, second, type Millis } from '../../../src/core/time.ts'
import { baselineIn } from '../../../src/judge/compared/before.ts'
import { streamsOf } from '../../../src/judge/compared/streams.ts'
import { usualTerms } from '../../../src/judge/compared/terms.ts'
import type { CountedPod } from '../../../src/judge/counters.ts'
import { chance } from '../../bench/judge/chance.ts'

const began: Millis = 31 * minute
const scrape: Millis = 15 * second
const all = Number.POSITIVE_INFINITY
/** Of a pod that is neither slow nor fast, by the bound that they exceed. */
const tails = new Map([
  [100, 0.3],
  [250, 0.05],
  [500, 0.01],
])
const pods = new Map(
  Array.from({ length: 10 }, (_, pod): [string, CountedPod] => [`web-${pod}`, { track: 'stable', fresh: false }]),
)

/** How much slower each pod is than the others, all the time: log-normal, by a standard deviation. */
const slowness = (deviation: number): readonly number[] =>
  [-1.54, -1, -0.66, -0.38, -0.12, 0.12, 0.38, 0.66, 1, 1.54].map((z) => Math.exp(deviation * z))

/** Pods that answer 20 requests in a second each, of which one in a thousand fails, whichever pod it is. */
function uneven(deviation: number): Reading {
  const luck = chance(1)
  const times = Array.from({ length: began / scrape + 1 }, (_, at) => at * scrape)
  const series = [...pods.keys()].flatMap((pod, at): Series[] => {
    const slower = slowness(deviation)[at] ?? 1
    const sums = new Map<Counted, number>()
    const samples = new Map<Counted, [Millis, number][]>()
    const counted: readonly Counted[] = ['requests', 'both', ...[...tails.keys(), all].map((le) => ({ le }))]
    for (const time of times) {
      const requests = luck.poisson(300)
      const slow = [...tails.values()].map((tail) => luck.poisson(requests * tail * slower))
      const more = [requests, luck.poisson(requests / 1000), ...slow.map((n) => requests - n), requests]
      for (const [index, what] of counted.entries()) {
        sums.set(what, (sums.get(what) ?? 0) + (more[index] ?? 0))
        samples.set(what, [...(samples.get(what) ?? []), [time, sums.get(what) ?? 0]])
      }
    }
    return counted.map((what, index) => ({
      pod,
      id: `${pod}/${index}`,
      counted: what,
      samples: samples.get(what) ?? [],
    }))
  })
  return { series, missing: [], values: new Map() }
}

describe('pods of one version of which some are slower', () => {
  const phis = (deviation: number): Readonly<Record<string, number>> => {
    const baseline = baselineIn(uneven(deviation), pods, began)
    const { streams, missing } = streamsOf(usualTerms, { baseline, latency: true })
    expect(missing).toEqual([])
    return Object.fromEntries(streams.map(({ name, overdispersion }) => [name, overdispersion]))
  }

  it('vary by chance where they fail, and by more where they are slow', () => {
    const { errors, 'latency 250 ms': near, 'latency 500 ms': far } = phis(0.5)
    expect(errors).toBeLessThan(1.2)
    // 0.26 of the square of 15 slow requests in a block and more, of which chance has 15.
    expect(near).toBeGreaterThan(5)
    expect(far).toBeGreaterThan(2)
    expect(near).toBeGreaterThan(far ?? 0)
  })

  it('vary by chance alone where none is slower', () => {
    for (const phi of Object.values(phis(0))) expect(phi).toBeLessThan(1.2)
  })
})
