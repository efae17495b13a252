import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../../src/core/time.ts'
import { argo } from '../../../src/judge/policies/argo.ts'
import { flagger } from '../../../src/judge/policies/flagger.ts'
import { kayenta, kayentaRules } from '../../../src/judge/policies/kayenta.ts'
import { policies } from '../../../src/judge/policies/policies.ts'
import { minutes, repeated } from './builders.ts'

const half = 30 * minute
const bad = 11
const good = 10

describe('Flagger', () => {
  it('goes back one interval after the fifth failed check', () => {
    expect(flagger(minutes(repeated(30, 1000)), half)).toEqual({
      answer: 'rollback',
      at: 6 * minute,
      because: '5 failed checks of success rate >= 99 %',
    })
  })

  it('never forgets a failed check, and takes exactly 99 % for good', () => {
    const checks = [bad, good, bad, good, bad, good, bad, good, bad, good, good]
    expect(flagger(minutes(checks), half)).toMatchObject({ answer: 'rollback', at: 10 * minute })
    expect(flagger(minutes(checks.slice(0, 9)), 9 * minute)).toEqual({
      answer: 'promote',
      at: 9 * minute,
      because: '5 of 5 failed checks',
    })
    expect(flagger(minutes(repeated(30, good)), half)).toMatchObject({ answer: 'promote', at: half })
  })

  it.each([null, 'idle'] as const)('takes no data for a failed check: %s', (nothing) => {
    expect(flagger(minutes(repeated(30, nothing)), half)).toMatchObject({ answer: 'rollback', at: 6 * minute })
  })
})

describe('Argo Rollouts', () => {
  it('goes back with one failed measurement more than its limit', () => {
    expect(argo(minutes(repeated(30, 1000)), half)).toEqual({
      answer: 'rollback',
      at: 4 * minute,
      because: '4 failed measurements of success rate >= 99 %',
    })
    expect(argo(minutes([bad, good, bad, good, bad, good, good]), 7 * minute)).toEqual({
      answer: 'promote',
      at: 7 * minute,
      because: '3 failed measurements, 3 are allowed',
    })
  })

  it('takes 0/0 for a failed measurement', () => {
    expect(argo(minutes(repeated(30, 'idle')), half)).toMatchObject({ answer: 'rollback', at: 4 * minute })
  })

  it('ends with an error after five measurements in a row without a series', () => {
    expect(argo(minutes(repeated(30, null)), half)).toEqual({
      answer: 'rollback',
      at: 5 * minute,
      because: '5 measurements in a row without data',
    })
    const gaps = [...repeated(4, null), good, ...repeated(4, null), good]
    expect(argo(minutes(gaps), 10 * minute)).toMatchObject({ answer: 'promote' })
  })
})

describe('Kayenta', () => {
  const noise = (mean: number) => Array.from({ length: 60 }, (_, at) => mean + ((at * 7) % 11))

  it('looks once, at the end of its lifetime', () => {
    expect(kayenta(minutes(noise(30), noise(1)), hour)).toMatchObject({ answer: 'rollback', at: hour })
    expect(kayenta(minutes(noise(30), noise(1)), hour - minute)).toEqual({
      answer: 'undecided',
      at: null,
      because: 'no decision within 59 min',
    })
    expect(kayenta(minutes(noise(30), noise(1)), hour, { ...kayentaRules, lifetime: half })).toMatchObject({ at: half })
  })

  it('says by how much', () => {
    expect(kayenta(minutes(noise(30), noise(1)), hour).because).toBe('High: shift 2.9 %, 98 %: 2.8 % to 3 %')
  })

  it('passes what is alike, and what is better', () => {
    expect(kayenta(minutes(noise(1), noise(1)), hour)).toEqual({
      answer: 'promote',
      at: hour,
      because: 'both series are equal',
    })
    expect(kayenta(minutes(noise(1), noise(1).toReversed()), hour)).toMatchObject({ answer: 'promote' })
    expect(kayenta(minutes(noise(1), noise(30)), hour)).toMatchObject({ answer: 'promote' })
  })

  it('compares series that are not the same in all', () => {
    const mostly = noise(1).map((value, at) => (at === 0 ? value : value + 30))
    expect(kayenta(minutes(mostly, noise(1)), hour)).toMatchObject({ answer: 'rollback' })
    const shorter = noise(1).map((value, at) => (at === 59 ? null : value))
    expect(kayenta(minutes(shorter, noise(1)), hour).because).toMatch(/^Pass: shift/)
  })

  it('drops what is no data, and says nothing of nothing', () => {
    const gaps = noise(30).map((value, at) => (at % 2 ? value : null))
    expect(kayenta(minutes(gaps, noise(1)), hour)).toMatchObject({ answer: 'rollback' })
    const nothing = { answer: 'undecided', at: hour, because: 'no data: nothing is scored' }
    expect(kayenta(minutes(repeated(60, null), noise(1)), hour)).toEqual(nothing)
    expect(kayenta(minutes(noise(1), repeated(60, null)), hour)).toEqual(nothing)
    expect(kayenta(minutes(repeated(60, 1), repeated(59, 1)), hour).because).toContain('all values are tied')
  })
})

describe('the policies', () => {
  it('leave out what was counted before the comparison began', () => {
    const before = { at: 0, fresh: { requests: 1e6, bad: 1e6, buckets: new Map() }, stable: null }
    expect(argo([before, ...minutes(repeated(5, good))], 5 * minute).because).toBe(
      '0 failed measurements, 3 are allowed',
    )
  })

  it('take what was counted from one poll to the next for the same in all windows between them', () => {
    const slow = (bad: number, polls: number) =>
      Array.from({ length: polls }, (_, index) => ({
        at: 2.5 * minute * (index + 1),
        fresh: { requests: 1000, bad, buckets: new Map<number, number>() },
        stable: null,
      }))
    expect(flagger(slow(bad - 1, 12), half).because).toBe('0 of 5 failed checks')
    expect(argo(slow(bad - 1, 12), half).because).toBe('0 failed measurements, 3 are allowed')
    expect(flagger(slow(bad, 12), half)).toMatchObject({ answer: 'rollback', at: 6 * minute })
  })

  it('take a poll without data for none in all windows before it', () => {
    const nothing = [{ at: 6 * minute, fresh: null, stable: null }]
    expect(argo(nothing, 6 * minute)).toMatchObject({ answer: 'rollback', at: 5 * minute })
  })

  it('are known by their names', () => {
    expect(policies).toEqual({ flagger, argo, kayenta })
  })
})
