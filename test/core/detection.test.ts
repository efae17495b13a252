import { describe, expect, it } from 'vitest'
import { detectionsOf, type LiveTraffic, type StageDetection } from '../../src/core/detection.ts'
import { undecidable } from '../../src/core/detection-warning.ts'
import type { Evidence } from '../../src/core/evidence.ts'
import { type Unit, unitsOf } from '../../src/core/plan.ts'
import { minute, second } from '../../src/core/time.ts'
import { calm } from '../support/compared.ts'
import { comparedPlan, measuredPlan, usually } from '../support/measured.ts'

const unitWith = (evidence: Partial<Evidence> = {}, terms: Partial<typeof usually.terms> = {}): Unit => {
  const [unit] = unitsOf(comparedPlan({}, { terms: { ...usually.terms, ...terms } }))
  if (!unit?.evidence) throw new Error('nothing is compared')
  return { ...unit, evidence: { ...unit.evidence, ...evidence } }
}

const traffic = (rps: number, more: Partial<LiveTraffic> = {}): LiveTraffic => ({ rps, baseline: calm, ...more })

const errorsOf = ({ needs }: StageDetection) => needs.find(({ metric }) => metric === 'errors')

describe('what a comparison could find', () => {
  it('is said of each stage in which both versions have requests', () => {
    const found = detectionsOf(unitWith(), traffic(100))
    expect(found.map(({ stage }) => stage.id)).toEqual(['weight-5', 'weight-25', 'weight-50'])
  })

  it('is a percent more of errors, in some minutes at 5 % of 100 rps', () => {
    const [first] = detectionsOf(unitWith(), traffic(100))
    const errors = first && errorsOf(first)
    expect(errors?.worse).toBeCloseTo(0.011, 3)
    expect((errors?.after ?? 0) / second).toBeGreaterThan(180)
    expect((errors?.after ?? 0) / second).toBeLessThan(240)
  })

  it('comes sooner with more weight, and with more traffic', () => {
    const afters = (rps: number) => detectionsOf(unitWith(), traffic(rps)).map((one) => errorsOf(one)?.after ?? 0)
    const [few, many] = [afters(20), afters(100)]
    expect(few).toEqual(few.toSorted((a, b) => b - a))
    expect(few.every((after, at) => after > (many[at] ?? 0))).toBe(true)
  })

  it('is the smallest that the soak finds where it is too short', () => {
    const [first] = detectionsOf(unitWith(), traffic(10))
    const errors = first && errorsOf(first)
    expect(errors?.after).toBeGreaterThan(5 * minute)
    expect(first?.smallest).toBeGreaterThan(errors?.worse ?? 1)
  })

  it('of latency waits until caches are warm, in the first stage', () => {
    const [first, second] = detectionsOf(unitWith(), traffic(10_000))
    expect([first?.slower?.factor, second?.slower?.factor]).toEqual([1.3, 1.3])
    expect((first?.slower?.after ?? 0) - (second?.slower?.after ?? 0)).toBeGreaterThanOrEqual(minute)
  })

  it('of errors takes longer beside latency, which has a part of alpha', () => {
    const counts = { ...calm.counts, buckets: new Map<number, number>() }
    const alone = detectionsOf(unitWith(), traffic(100, { baseline: { ...calm, counts } }))
    const beside = detectionsOf(unitWith(), traffic(100))
    const ratio = (errorsOf(beside[0]!)?.after ?? 0) / (errorsOf(alone[0]!)?.after ?? 1)
    // ln(1 / (0.75 · 0.01 · 0.5/0.8)) + 2 nats instead of ln(1 / (0.75 · 0.01)) + 2.
    expect(ratio).toBeGreaterThan(1.03)
    expect(ratio).toBeLessThan(7.37 / 6.89)
  })

  it('is nothing of latency without a histogram', () => {
    const counts = { ...calm.counts, buckets: new Map<number, number>() }
    const [first] = detectionsOf(unitWith(), traffic(100, { baseline: { ...calm, counts } }))
    expect(first?.slower).toBeNull()
    expect(first?.needs.map(({ metric }) => metric)).toEqual(['errors'])
  })

  it('ends stages early where that was asked for, but the last', () => {
    const early = detectionsOf(unitWith({}, { early: true }), traffic(10_000)).map((one) => one.early)
    expect(early).toEqual([minute, minute, null])
    expect(detectionsOf(unitWith(), traffic(10_000)).map((one) => one.early)).toEqual([null, null, null])
  })

  it.each([
    ['traffic is not known', unitWith(), undefined],
    ['there is no traffic', unitWith(), traffic(0)],
    ['nothing is compared', unitsOf(measuredPlan([]))[0], traffic(100)],
  ])('is nothing where %s', (_, unit, live) => {
    expect(unit && detectionsOf(unit, live)).toEqual([])
  })
})

describe('a soak that can not decide', () => {
  it.each([
    ['hold', 'is held for as long again, then paused'],
    ['pause', 'pauses'],
    ['undo', 'goes back'],
  ] as const)('is said of the first such stage, with what becomes of it: %s', (onInconclusive, becomes) => {
    const told = undecidable(unitWith({ onInconclusive }, { weights: { errors: 1, latency: 0, other: 0 } }), traffic(3))
    expect(told?.level).toBe('warn')
    expect(told?.what).toMatch(/^weight 5 %: a soak of 5 min finds nothing below \d+\.\d % of errors at 3 rps$/)
    expect(told?.why).toMatch(/^1\.1 % needs [\d a-z]+, so the stage /)
    expect(told?.why).toContain(`so the stage ${becomes}: raise the weight or the soak, or set onInconclusive`)
  })

  it('may be too short for latency alone', () => {
    const told = undecidable(unitWith({}, { weights: { errors: 0, latency: 1, other: 0 } }), traffic(3))
    expect(told?.what).toBe('weight 5 %: a soak of 5 min says too little about latency at 3 rps')
  })

  it('is none at enough traffic', () => {
    expect(undecidable(unitWith(), traffic(1000))).toBeNull()
  })

  it('without requests is every soak', () => {
    expect(undecidable(unitWith(), traffic(0))?.what).toBe(
      'the pods that serve get no requests, so no stage can be decided',
    )
  })

  it.each([
    ['nothing is compared', unitsOf(measuredPlan([]))[0]],
    ['requests are not split', unitsOf(comparedPlan({ strategy: 'rolling' }))[0]],
  ])('is not said where %s', (_, unit) => {
    expect(unit && undecidable(unit, traffic(0))).toBeNull()
  })
})
