import { describe, expect, it } from 'vitest'
import { minute } from '../../../src/core/time.ts'
import { blocksOf, overdispersion, slowOverdispersion } from '../../../src/judge/compared/overdispersion.ts'
import { pods, reading, series } from '../builders.ts'
import { counts } from './builders.ts'

const pod = (requests: number, bad: number, ...buckets: readonly (readonly [number, number])[]) =>
  counts(requests, bad, new Map(buckets))
const times = <T>(count: number, of: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => of(at))

describe('overdispersion', () => {
  it('is 1 where pods fail alike, however bad a minute is for all', () => {
    expect(overdispersion(times(30, (at) => [pod(100, 1 + at), pod(200, 2 + 2 * at)]))).toBe(1)
  })

  it('is told from 30 blocks of two pods and a failure', () => {
    const block = [pod(100, 4), pod(100, 0)]
    expect(overdispersion(times(30, () => block))).toBeCloseTo(1 + 2 * 3, 9)
    expect(overdispersion(times(29, () => block))).toBeNull()
    expect(overdispersion([...times(29, () => block), [pod(100, 0), pod(100, 0)]])).toBeNull()
    expect(overdispersion([...times(29, () => block), [pod(100, 9), pod(0, 0)]])).toBeNull()
  })

  it('weighs each pod by its requests', () => {
    const block = [pod(300, 3), pod(100, 5), pod(0, 0)]
    // Expected are 6 and 2: (9/6 + 9/2) / 1.
    expect(overdispersion(times(30, () => block))).toBeCloseTo(1 + 2 * 5, 9)
  })

  it('counts a failure of a block that has just one', () => {
    expect(overdispersion(times(30, () => [pod(100, 1), pod(300, 0)]))).toBeCloseTo(1 + 2 * 2, 9)
  })

  it('has a limit', () => {
    expect(overdispersion(times(30, () => [pod(100, 1e6), pod(100, 0)]))).toBe(1000)
  })
})

describe('overdispersion of slow requests', () => {
  const within = (at100: number, at250: number, all = 100) =>
    pod(all, 0, [100, at100], [250, at250], [Number.POSITIVE_INFINITY, all])

  it('is told bound by bound', () => {
    const blocks = times(30, () => [within(95, 99), within(99, 99)])
    const phis = slowOverdispersion(blocks)
    // Expected are 3 of each.
    expect(phis.get(100)).toBeCloseTo(1 + 2 * (5 / 3), 9)
    expect([...phis.keys(), phis.get(250)]).toEqual([100, 250, 1])
    expect(overdispersion(blocks)).toBeNull()
  })

  it('is not known of a bound that hardly any request exceeds', () => {
    expect([...slowOverdispersion(times(30, () => [within(96, 100), within(100, 100)])).keys()]).toEqual([100])
  })

  it('leaves out a pod whose buckets disagree, or that has none', () => {
    const block = [within(95, 99), within(99, 99)]
    const all = times(30, () => [...block, within(99, 50), pod(100, 0)])
    expect(slowOverdispersion(all)).toEqual(slowOverdispersion(times(30, () => block)))
    expect(slowOverdispersion(times(30, () => [within(96, 99), pod(100, 0)])).size).toBe(0)
  })
})

describe('blocks of pods', () => {
  it('hold what each pod counted in each minute from its first sample on', () => {
    const read = reading(
      series('a', 'requests', [1, 5], [30, 100], [40, 105], [90, 300]),
      series('a', 'errors', [1, 0], [30, 1], [40, 1], [90, 3]),
      series('b', 'requests', [1, 0], [50, 40]),
    )
    expect(blocksOf(read, pods({ a: 'stable', b: 'stable' }))).toEqual([[pod(100, 1), pod(40, 0)], [pod(195, 2)]])
    expect(blocksOf(read, pods({ a: 'stable', b: 'stable' }), 10 * minute)).toEqual([[pod(295, 3), pod(40, 0)]])
    expect(blocksOf(read, pods({ b: 'stable' }))).toEqual([[pod(40, 0)]])
  })

  it('hold how long its requests took', () => {
    const read = reading(
      series('a', { le: 100 }, [1, 5], [30, 100], [40, 105]),
      series('a', { le: Number.POSITIVE_INFINITY }, [1, 5], [30, 110], [40, 117]),
    )
    const [[one] = []] = blocksOf(read, pods({ a: 'stable' }))
    expect(one).toEqual(pod(0, 0, [100, 100], [Number.POSITIVE_INFINITY, 112]))
  })
})
