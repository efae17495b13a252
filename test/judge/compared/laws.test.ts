import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minute, second } from '../../../src/core/time.ts'
import { count, nothingCounted, total } from '../../../src/judge/counters.ts'
import { wealth } from '../../../src/judge/compared/e-process.ts'
import { tolerated } from '../../../src/judge/compared/e-value.ts'
import { evidence, judged, type JudgeState, stageBegan } from '../../../src/judge/compared/judge.ts'
import { sideRead, startSide } from '../../../src/judge/recorded/sides.ts'
import { pods, reading, series } from '../builders.ts'
import { chance } from '../../bench/judge/chance.ts'
import { ticks } from '../../bench/judge/release.ts'
import { counts, every, pollOf, quiet, started } from './builders.ts'

const streamsIn = (state: JudgeState) => state.streams.map(({ stream }) => stream)

/** P(k of n) at rate p, for every k. */
function chances(n: number, p: number): number[] {
  let term = (1 - p) ** n
  return Array.from({ length: n + 1 }, (_, k) => {
    const now = term
    term *= ((n - k) / (k + 1)) * (p / (1 - p))
    return now
  })
}

/** Every course that batches of so many requests can take, with its chance. */
function* courses(
  state: JudgeState,
  left: readonly { readonly at: number; readonly fresh: number; readonly stable: number }[],
  rates: { readonly fresh: number; readonly stable: number },
): Generator<readonly [chance: number, state: JudgeState]> {
  const [now, ...rest] = left
  if (!now) return yield [1, state]
  for (const [newBad, a] of chances(now.fresh, rates.fresh).entries())
    for (const [stableBad, b] of chances(now.stable, rates.stable).entries()) {
      const poll = { at: now.at, fresh: counts(now.fresh, newBad), stable: counts(now.stable, stableBad) }
      const changed = now.at === 2 * every ? stageBegan(state, { at: every, soak: minute, last: false }) : state
      for (const [other, after] of courses(judged(changed, pollOf(streamsIn(state), poll)), rest, rates))
        yield [a * b * other, after]
    }
}

const batches = [1, 2, 3].map((at) => ({ at: at * every, fresh: 2, stable: 3 }))
const expected = (state: JudgeState, rates: { fresh: number; stable: number }, of: (state: JudgeState) => number) =>
  [...courses(state, batches, rates)].reduce((sum, [p, after]) => sum + p * of(after), 0)

describe('what the judge expects of a version at the edge of what is tolerated', () => {
  const blank = { ...quiet, counts: counts(0, 0) }

  it.each([0.01, 0.1, 0.3, 0.6])(
    'is no evidence, over all that can happen in three batches: stable fails %d',
    (rate) => {
      const state = started({ baseline: blank, terms: { alpha: 0.2, tolerance: { ratio: 1.25, margin: 0.01 } } })
      const fresh = tolerated(state.terms.tolerance, rate)
      expect(expected(state, { fresh, stable: rate }, evidence)).toBeLessThan(1 + 1e-9)
      expect(expected(state, { fresh: fresh / 2, stable: rate }, evidence)).toBeLessThan(1 + 1e-9)
    },
  )

  it.each([0.01, 0.1, 0.3])('is no evidence for going on, either: stable fails %d', (rate) => {
    const state = started({ baseline: blank, terms: { early: true, advance: { ratio: 1.5, margin: 0.05 } } })
    const on = ({ streams: [one] }: JudgeState) => wealth(one!.on!)
    const fresh = tolerated(state.terms.advance, rate)
    expect(expected(state, { fresh, stable: rate }, on)).toBeLessThan(1 + 1e-9)
    expect(expected(state, { fresh: (1 + fresh) / 2, stable: rate }, on)).toBeLessThan(1 + 1e-9)
  })

  it('is evidence where it is worse', () => {
    const state = started({ baseline: blank, terms: { tolerance: { ratio: 1.25, margin: 0.01 } } })
    expect(expected(state, { fresh: 0.9, stable: 0.1 }, evidence)).toBeGreaterThan(2)
  })
})

describe('two versions that are the same', () => {
  it.each(['new', 'old'] as const)('are not taken back beyond the bound, whichever of them is called %s', (which) => {
    const { seed = 20_261_121 } = fc.readConfigureGlobal()
    const runs = 150
    const back = Array.from({ length: runs }, (_, run) => {
      const release = { rps: 100, weight: 0.3, stable: 0.02, fresh: 0.02 }
      let state = started({ baseline: null, soak: 10 * minute })
      const streams = streamsIn(state)
      for (const { at, fresh, stable } of ticks(release, chance(seed + run), 10 * minute)) {
        const sides = which === 'new' ? { at, fresh, stable } : { at, fresh: stable, stable: fresh }
        state = judged(state, pollOf(streams, sides))
        if (state.verdict) break
      }
      return state.verdict?.answer === 'rollback'
    }).filter(Boolean).length
    // One in a hundred at most: that nine of 150 are has a chance below 1 in 30,000.
    expect(back).toBeLessThan(9)
  })
})

describe('the judge', () => {
  const some = fc.record({ fresh: fc.nat(40), stable: fc.nat(400), a: fc.nat(5), b: fc.nat(5) })

  it('says the same however the polls of a batch are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.array(some, { minLength: 1, maxLength: 5 }), { maxLength: 8 }), (all) => {
        let [whole, cut] = [started({ terms: { early: true } }), started({ terms: { early: true } })]
        const streams = streamsIn(whole)
        for (const [index, parts] of all.entries()) {
          const sides = parts.map(({ fresh, stable, a, b }) => ({
            fresh: counts(fresh, Math.min(a, fresh)),
            stable: counts(stable, Math.min(b, stable)),
          }))
          const at = (index + 1) * every
          whole = judged(
            whole,
            pollOf(streams, {
              at,
              fresh: total(sides.map(({ fresh }) => fresh)),
              stable: total(sides.map(({ stable }) => stable)),
            }),
          )
          // A batch that could not be closed before may be by any part of this one.
          if (whole.streams[0]!.closed !== at) return
          for (const [part, side] of sides.entries())
            cut = judged(cut, pollOf(streams, { at: at - (sides.length - 1 - part) * second, ...side }))
        }
        expect(cut).toEqual(whole)
      }),
    )
  })

  it('does not see processes that start again', () => {
    const lives = fc.array(fc.array(fc.integer({ min: 50, max: 120 }), { minLength: 3, maxLength: 6 }), {
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(lives, (all) => {
        let [memory, at, seen] = [startSide, 0, 0]
        for (const life of all) {
          let [requests, bad] = [0, 0]
          for (const more of life) {
            at += every
            requests += more
            bad += 1
            const read = sideRead(memory, at, { requests, bad })
            memory = read.memory
            seen += read.counted?.requests ?? Number.NaN
          }
        }
        expect(seen).toBe(all.flat().reduce((sum, one) => sum + one, 0))
      }),
    )
  })

  it('does not see the order of the pods', () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const tracks = pods({ a: 'new', b: 'stable', c: 'stable', d: 'stable', e: 'new' })
    const polls = fc.array(fc.tuple(...names.map(() => fc.nat(100))), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(polls, fc.shuffledSubarray(names, { minLength: names.length }), (all, order) => {
        const judge = (own: readonly string[]) => {
          let [state, memory] = [started(), nothingCounted]
          for (const [poll, values] of all.entries()) {
            const at = (poll + 1) * every
            const of = (name: string) =>
              series(name, 'requests', [at / second, (poll + 1) * 100 + (values[names.indexOf(name)] ?? 0)])
            const read = count(memory, reading(...own.map(of)), tracks)
            memory = read.memory
            const side = (track: string) => total(read.increments.filter((one) => one.track === track))
            state = judged(state, pollOf(streamsIn(state), { at, fresh: side('new'), stable: side('stable') }))
          }
          return state
        }
        expect(judge(order)).toEqual(judge(names))
      }),
    )
  })

  it('has evidence that is a number, whatever is counted', () => {
    const counted = fc.constantFrom(0, 1, 2, 1000, 1e9, Number.MAX_SAFE_INTEGER)
    const poll = fc.record({ fresh: counted, stable: counted, a: counted, b: counted, changed: fc.boolean() })
    const tolerances = fc.constantFrom(
      { ratio: 1.25, margin: 0.0001 },
      { ratio: 0, margin: 0.01 },
      { ratio: 3, margin: 0 },
    )
    fc.assert(
      fc.property(fc.array(poll, { maxLength: 30 }), tolerances, (all, tolerance) => {
        let state = started({ terms: { early: true, tolerance, advance: tolerance } })
        for (const [index, { fresh, stable, a, b, changed }] of all.entries()) {
          const at = (index + 1) * every
          if (changed) state = stageBegan(state, { at: state.at, soak: minute, last: false })
          state = judged(state, pollOf(streamsIn(state), { at, fresh: counts(fresh, a), stable: counts(stable, b) }))
        }
        expect(evidence(state)).toBeGreaterThanOrEqual(0)
        for (const { on, rate } of state.streams) expect([wealth(on!), rate.bad].every(Number.isFinite)).toBe(true)
      }),
    )
  })

  it('compares nothing where the sides have other buckets', () => {
    const state = started({ latency: true })
    const buckets = (...bounds: readonly number[]) =>
      new Map([...bounds, Number.POSITIVE_INFINITY].map((le): [number, number] => [le, 10]))
    const at = 2 * minute
    const poll = (mine: readonly number[], theirs: readonly number[]) =>
      judged(
        state,
        pollOf(streamsIn(state), {
          at,
          fresh: counts(10, 0, buckets(...mine)),
          stable: counts(10, 0, buckets(...theirs)),
        }),
      ).streams.map(({ all }) => all.newRequests)
    expect(poll([100, 250, 500], [100, 250, 500])).toEqual([10, 10, 10, 10])
    expect(poll([100, 500], [100, 250, 500])).toEqual([10, 0, 10, 10])
    expect(poll([100, 250, 500], [])).toEqual([10, 0, 0, 0])
  })
})
