import { describe, expect, it } from 'vitest'
import type { BaselineBound } from '../../../src/core/evidence.ts'
import { minute } from '../../../src/core/time.ts'
import { boundsOf, promisesOf } from '../../../src/judge/compared/bounds.ts'
import type { Baseline } from '../../../src/judge/compared/streams.ts'
import { usualTerms } from '../../../src/judge/compared/terms.ts'

const buckets = new Map([
  [100, 20_000],
  [250, 57_000],
  [500, 59_400],
  [Number.POSITIVE_INFINITY, 60_000],
])
const baseline: Baseline = { over: 10 * minute, counts: { requests: 60_000, bad: 600, buckets }, overdispersion: 1 }
/** 1 %, as near as it is known. */
const rate = 600.5 / 60_250

const held = (bound: Omit<BaselineBound, 'text'>, before: Baseline | null = baseline) =>
  boundsOf([{ text: 'the trigger', ...bound }], before, usualTerms)

describe('a bound from before the release', () => {
  it.each([
    ['error-rate > 2 * baseline', { figure: { kind: 'error-rate' }, factor: 2 }, 2 * rate + 0.0001],
    ['availability < baseline', { figure: { kind: 'availability' }, factor: 1 }, rate + 0.0001],
    [
      'availability < 0.98 * baseline',
      { figure: { kind: 'availability' }, factor: 0.98 },
      1 - 0.98 * (1 - rate) + 0.0001,
    ],
  ] as const)('allows, of failures: %s', (_, bound, margin) => {
    const [metric] = held(bound).metrics
    expect(metric?.tolerance.ratio).toBe(0)
    expect(metric?.tolerance.margin).toBeCloseTo(margin, 12)
  })

  it('allows slower requests at the bucket nearest to the quantile, as many more as the factor makes of them', () => {
    const [metric] = held({ figure: { kind: 'latency', quantile: 0.95 }, factor: 1.15 }).metrics
    // 5 % were slower than 250 ms; between 100 and 250 ms the tail falls as t^-2.83.
    const steepness = Math.log(40_000 / 3000) / Math.log(2.5)
    const tail = 3000.5 / 60_250
    expect(metric?.bound).toBe(250)
    expect(metric?.from).toBe(minute)
    expect(metric?.tolerance.margin).toBeCloseTo(1.15 ** steepness * tail + 0.002, 12)
  })

  it('never allows everything', () => {
    const broken = { ...baseline, counts: { ...baseline.counts, bad: 59_000 } }
    expect(held({ figure: { kind: 'error-rate' }, factor: 3 }, broken).metrics[0]?.tolerance.margin).toBe(0.9)
  })

  it.each([
    ['nobody knows stable', { figure: { kind: 'error-rate' }, factor: 2 }, null],
    [
      'stable had no requests',
      { figure: { kind: 'error-rate' }, factor: 2 },
      { ...baseline, counts: { requests: 0, bad: 0, buckets } },
    ],
    [
      'it has no histogram',
      { figure: { kind: 'latency', quantile: 0.95 }, factor: 2 },
      { ...baseline, counts: { ...baseline.counts, buckets: new Map() } },
    ],
  ] as const)('is missed aloud where %s', (_, bound, before) => {
    expect(held(bound, before as Baseline | null)).toEqual({
      metrics: [],
      missing: ['the trigger: nothing is known of stable from before the release'],
    })
  })
})

describe('a promise', () => {
  const available = {
    text: 'availability < 99%',
    figure: { kind: 'availability' },
    op: '<',
    value: 0.99,
    over: 0,
  } as const
  const fast = (value: number) =>
    ({
      text: `latency.p95 > ${value}ms`,
      figure: { kind: 'latency', quantile: 0.95 },
      op: '>',
      value,
      over: 0,
    }) as const

  it('of availability allows what it leaves, whatever stable does', () => {
    const [metric] = promisesOf([available], undefined, usualTerms)
    expect(metric).toMatchObject({ name: 'availability < 99%', tolerance: { ratio: 0 }, advance: { ratio: 0 } })
    expect(metric?.tolerance.margin).toBeCloseTo(0.01, 12)
  })

  it('of a latency is held where that is a bucket, and else left to the end of the soak', () => {
    expect(promisesOf([fast(250), fast(300)], buckets, usualTerms)).toMatchObject([
      { name: 'latency.p95 > 250ms', bound: 250, from: minute, tolerance: { ratio: 0 } },
    ])
    expect(promisesOf([fast(250)], undefined, usualTerms)).toEqual([])
  })
})
