import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minute } from '../../../src/core/time.ts'
import { checkpoint, restored } from '../../../src/judge/compared/checkpoint.ts'
import { judged, stageBegan } from '../../../src/judge/compared/judge.ts'
import { counts, every, good, pollOf, shown, started, usualTails } from './builders.ts'

const slow = { fresh: usualTails, stable: usualTails }
const afterwards = () =>
  shown(started({ latency: true, terms: { early: true }, lost: 1 }), { ...good, fresh: 0.002, slow }, 3 * minute)
const textOf = () => checkpoint(afterwards())

/** The same with one value replaced. */
const changed = (path: string, value: unknown) => (): string => {
  const root = JSON.parse(textOf()) as Record<string, unknown>
  const keys = path.split('.')
  let at: Record<string, unknown> = root
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>
  at[keys.at(-1) ?? ''] = value
  return JSON.stringify(root)
}

describe('a checkpoint', () => {
  it('has the same future as what it was made of, to the last digit', () => {
    const batch = fc.tuple(fc.nat(60), fc.nat(900), fc.nat(6), fc.nat(6))
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 12 }), fc.nat(12), (batches, cut) => {
        let [whole, resumed] = [started({ terms: { early: true } }), started({ terms: { early: true } })]
        for (const [index, [fresh, stable, a, b]] of batches.entries()) {
          const streams = whole.streams.map(({ stream }) => stream)
          const poll = pollOf(streams, {
            at: (index + 1) * every,
            fresh: counts(fresh, Math.min(a, fresh)),
            stable: counts(stable, Math.min(b, stable)),
          })
          whole = judged(whole, poll)
          resumed = judged(resumed, poll)
          if (index === cut) {
            const read = restored(checkpoint(resumed))
            resumed = 'state' in read ? stageBegan(read.state, { at: resumed.at, soak: minute, last: false }) : resumed
            whole = stageBegan(whole, { at: whole.at, soak: minute, last: false })
          }
        }
        expect(resumed).toEqual(whole)
      }),
    )
  })

  it('of a value that rounds to nothing from below is read back as it was written: JSON has no -0', () => {
    const start = started()
    const poll = { at: every, fresh: counts(4, 1), stable: counts(1, 0) }
    const state = judged(
      start,
      pollOf(
        start.streams.map(({ stream }) => stream),
        poll,
      ),
    )
    expect(restored(checkpoint(state))).toEqual({ state })
  })

  it('is less than 2 kB for each metric', () => {
    expect(afterwards().streams).toHaveLength(4)
    expect(textOf().length).toBeLessThan(2048 * 4)
  })

  it('is read back as it was written', () => {
    expect(restored(textOf())).toEqual({ state: afterwards() })
    const back = shown(started(), { ...good, rps: 1000, fresh: 1 }, minute)
    expect(restored(checkpoint(back))).toEqual({ state: back })
  })

  it.each([
    [() => '', 'it is no JSON'],
    [() => textOf().slice(0, -1), 'it is no JSON'],
    [() => 'null', 'it: '],
    [changed('v', 2), 'v: '],
    [changed('state.terms.alpha', 0), 'state.terms.alpha: '],
    [changed('state.terms.alpha', 1), 'state.terms.alpha: '],
    [changed('state.terms.beta', 1), 'state.terms.beta: '],
    [changed('state.terms.overdispersion', 0.5), 'state.terms.overdispersion: '],
    [changed('state.terms.batch', 0), 'state.terms.batch: '],
    [changed('state.terms.stages', 0), 'state.terms.stages: '],
    [changed('state.terms.more', 0), 'state.terms: '],
    [changed('state.terms.latency.quantile', 1), 'state.terms.latency.quantile: '],
    [changed('state.streams', []), 'state.streams: '],
    [changed('state.streams.0.back.cash', null), 'state.streams.0.back.cash: '],
    [changed('state.streams.0.back.cash', 1.5), 'state.streams.0.back.cash: '],
    [changed('state.streams.0.back.invested', [1]), 'state.streams.0.back.invested: '],
    [changed('state.streams.0.back.invested.0', -1), 'state.streams.0.back.invested.0: '],
    [changed('state.streams.0.back.most', 0.5), 'state.streams.0.back.most: '],
    [changed('state.streams.0.on.invested', []), 'state.streams.0.on.invested: '],
    [changed('state.streams.0.ratio', [0]), 'state.streams.0.ratio: '],
    [changed('state.streams.0.ratio.3', 1), 'state.streams.0.ratio.3: '],
    [changed('state.streams.0.rate.bad', -1), 'state.streams.0.rate.bad: '],
    [changed('state.streams.0.open.newBad', '1'), 'state.streams.0.open.newBad: '],
    [changed('state.streams.0.stream.weight', 0.9), 'it: the weights'],
    [changed('state.streams.0.stream.weight', 0), 'state.streams.0.stream.weight: '],
    [changed('state.streams.0.stream.overdispersion', 0), 'state.streams.0.stream.overdispersion: '],
    [changed('state.streams.0.stream.name', ''), 'state.streams.0.stream.name: '],
    [changed('state.streams.1.stream.name', 'errors'), 'it: two streams'],
    [changed('state.streams.0.closed', 1e9), 'it: something is later'],
    [changed('state.stage.began', 1e9), 'it: something is later'],
    [changed('state.at', -1), 'state.at: '],
    [changed('state.most', 0), 'state.most: '],
    [changed('state.lost', 0.5), 'state.lost: '],
    [changed('state.verdict', { answer: 'promote' }), 'state.verdict.answer: '],
    [changed('state.more', 1), 'state: '],
  ])('is lost where it is not one, and why: %#', (bad, why) => {
    const read = restored(bad())
    expect('lost' in read ? read.lost : 'read').toContain(why)
  })
})
