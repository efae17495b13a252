import { describe, expect, it } from 'vitest'
import type { Entry, Fact } from '../../src/core/journal.ts'
import { fold, type RunState, stateOf, unitState } from '../../src/core/state.ts'
import { planOf } from '../support/plans.ts'

const plan = planOf({ clusters: ['a', 'b'] })
const unit = 'web@a'
const place = { unit, step: 's', way: 'forward' } as const

/** One fact a second, by the driver of that epoch. */
const after = (...facts: readonly Fact[]): RunState => fold(stateOf(plan), entriesOf(facts))
const entriesOf = (facts: readonly Fact[]): Entry[] =>
  facts.map((fact, index) => ({ ...fact, seq: index + 1, at: (index + 1) * 1000, epoch: 1, prev: '' }))
/** The same, by the run's next driver. */
const later = (state: RunState, fact: Fact): RunState =>
  fold(state, [{ ...fact, seq: 99, at: state.last + 1000, epoch: state.epoch + 1, prev: '' }])
const of = (...facts: readonly Fact[]) => unitState(after(...facts), unit)

const opened = { type: 'opened', run: 'r1', plan: 'h', by: 'anna', host: 'ci' } as const
const intended = { type: 'intended', ...place, body: 'b' } as const
const sent = { type: 'sent', ...place, receipt: { resourceVersion: '7' } } as const
const settled = { type: 'settled', ...place } as const
const drifted = (now: number, action: 'pause' | 'reassert' = 'pause') =>
  ({ type: 'drifted', unit, object: 'Service/web', path: '/spec', was: 1, now, who: 'x', action }) as const
const resumed = { type: 'resumed', units: [unit], by: 'anna' } as const

describe('a run', () => {
  it('is opened, attached to, and closed', () => {
    const state = later(after(opened), { type: 'attached', by: 'bob', host: 'x', pid: 1 })
    expect(state).toMatchObject({
      run: 'r1',
      opened: 1000,
      attached: 2000,
      watched: 2000,
      epoch: 2,
      exit: null,
      last: 2000,
    })
    expect(after(opened, { type: 'closed', exit: 3, outcome: 'taken back' }).exit).toBe(3)
  })

  it('never goes back in time', () => {
    const entry = (at: number): Entry => ({ ...opened, seq: 1, at, epoch: 1, prev: '' })
    expect(fold(stateOf(plan), [entry(5000), entry(3000)]).last).toBe(5000)
  })

  it('is the same however its journal is cut', () => {
    const facts = [opened, intended, sent, settled, drifted(2), resumed] as const
    const entries = entriesOf(facts)
    for (let cut = 0; cut <= entries.length; cut += 1)
      expect(fold(fold(stateOf(plan), entries.slice(0, cut)), entries.slice(cut))).toEqual(fold(stateOf(plan), entries))
  })
})

describe('a state', () => {
  const journal = [
    opened,
    intended,
    sent,
    drifted(2),
    { type: 'judged', unit, stage: 'one', answer: 'pass', because: 'x' },
    { type: 'asked', verb: 'promote', by: 'anna', stage: 'one', full: true },
    { type: 'provider', unit, up: false, since: 1, because: 'x' },
    { type: 'paused', units: [unit], why: 'why', cause: 'human' },
    resumed,
    { type: 'turned', units: [unit], to: 'back', why: 'bad', cause: 'failed' },
    { type: 'ended', unit, outcome: 'done', because: 'x' },
    { type: 'closed', exit: 3, outcome: 'x' },
  ] as const satisfies readonly Fact[]

  it('stays as it was, whatever comes after it', () => {
    const entries = entriesOf([...journal, ...journal])
    const before = entries.map((_, cut) => fold(stateOf(plan), entries.slice(0, cut)))
    const kept = structuredClone(before)
    for (const [cut, state] of before.entries()) fold(state, entries.slice(cut))
    expect(before).toEqual(kept)
  })

  it('shares with the one before it the units that nothing was said of', () => {
    const before = after(opened, intended)
    expect(unitState(later(before, settled), 'web@b')).toBe(unitState(before, 'web@b'))
  })
})

describe('a step', () => {
  it('keeps since when, how often, and by which driver it was intended', () => {
    const step = unitState(later(after(opened, intended), intended), unit).steps.get('s')
    expect(step).toEqual({
      phase: 'intended',
      way: 'forward',
      epoch: 2,
      begunBy: 1,
      since: 2000,
      at: 3000,
      attempts: 2,
    })
  })

  it('keeps its receipt until after it has settled', () => {
    expect(of(intended, sent).steps.get('s')).toMatchObject({ phase: 'sent', receipt: { resourceVersion: '7' } })
    expect(of(intended, sent, settled).steps.get('s')).toMatchObject({
      phase: 'settled',
      receipt: { resourceVersion: '7' },
    })
  })

  it('forgets a refusal when it is intended again', () => {
    const refused = { type: 'refused', ...place, code: 'c', because: 'b', retry: true } as const
    expect(of(intended, refused).steps.get('s')?.refusal).toEqual({ code: 'c', because: 'b', retry: true })
    expect(of(intended, refused, intended).steps.get('s')).not.toHaveProperty('refusal')
  })

  it('is of its own unit', () => {
    expect(unitState(after(intended), 'web@b').steps.size).toBe(0)
  })
})

describe('a unit', () => {
  const paused = { type: 'paused', units: [unit], why: 'why', cause: 'human' } as const
  const turned = { type: 'turned', units: [unit], to: 'back', why: 'bad', cause: 'failed' } as const

  it('is paused and resumed', () => {
    expect(of(paused).paused).toEqual({ why: 'why', cause: 'human', at: 1000 })
    expect(of(paused, resumed)).toMatchObject({ paused: null, resumed: 2000 })
  })

  it('turns, and is not paused then', () => {
    expect(of(paused, turned)).toMatchObject({
      way: 'back',
      paused: null,
      turn: { why: 'bad', cause: 'failed', at: 2000 },
    })
  })

  it('ends', () => {
    expect(of({ type: 'ended', unit, outcome: 'done', because: 'x' }).ended).toEqual({
      outcome: 'done',
      because: 'x',
      at: 1000,
    })
  })
})

describe('a stage', () => {
  const judged = (answer: 'pass' | 'fail') => ({ type: 'judged', unit, stage: 'one', answer, because: 'x' }) as const
  const promoted = { type: 'asked', verb: 'promote', by: 'anna', stage: 'one' } as const

  it('has the last answer', () => {
    expect(of(judged('fail'), judged('pass')).stages.get('one')).toMatchObject({ answer: 'pass', at: 2000 })
  })

  it('that was promoted stays so when it is judged', () => {
    expect(of(promoted).stages.get('one')).toMatchObject({ answer: 'pending', promoted: true })
    expect(of(promoted, judged('pass')).stages.get('one')).toMatchObject({ answer: 'pass', promoted: true })
  })

  it('is promoted by its name only', () => {
    const { stage: _, ...unnamed } = promoted
    expect(of(unnamed).stages.size).toBe(0)
    expect(of({ ...promoted, verb: 'abort' }).stages.size).toBe(0)
  })
})

describe('drift', () => {
  it('is agreed to by a human who resumes, as it was then', () => {
    expect(of(drifted(2), resumed).drifts).toMatchObject([{ now: 2, agreed: true }])
    expect(of(drifted(2), resumed, drifted(3)).drifts).toMatchObject([{ now: 3, agreed: false }])
  })

  it('that is written over stays agreed to', () => {
    expect(of(drifted(2), resumed, drifted(2, 'reassert')).drifts).toMatchObject([{ agreed: true, times: 1 }])
    expect(of(drifted(2), resumed, drifted(3, 'reassert')).drifts).toMatchObject([{ agreed: false }])
  })

  it('counts how often it was written over, until a human resumes', () => {
    const thrice = [drifted(2, 'reassert'), drifted(2, 'reassert'), drifted(2, 'reassert')] as const
    expect(of(...thrice).drifts).toMatchObject([{ times: 3 }])
    expect(of(...thrice, resumed).drifts).toMatchObject([{ times: 0 }])
  })

  it('is known by object and field', () => {
    expect(of(drifted(2), { ...drifted(3), path: '/metadata' }).drifts).toHaveLength(2)
  })
})
