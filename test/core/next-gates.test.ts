import { describe, expect, it } from 'vitest'
import type { Expectation } from '../../src/core/plan.ts'
import { minute, second } from '../../src/core/time.ts'
import { ref } from './support/cast.ts'
import { comes, decided } from './support/decided.ts'
import { type History, historyOf } from './support/history.ts'
import { hookStep, smallPlan, stage, step } from './support/small.ts'

const unit = 'web@us-east-1'
const soaking = smallPlan([stage('one', [step('a')], { soak: 5 * minute }), stage('two', [step('b')])])
const done = historyOf(soaking).does('a')
const judged = (history: History, stageId: string): History =>
  history.fact({ type: 'judged', unit, stage: stageId, answer: 'pass', because: 'ready' })

describe('the gates of a stage', () => {
  it('pass when the pods do', () => {
    const plan = smallPlan([stage('one', [step('a')])])
    expect(comes(historyOf(plan).does('a'))).toEqual(['judged one pass: looks well'])
  })

  it.each(['pending', 'inconclusive', 'fail'] as const)('never pass on %s', (health) => {
    const lines = comes(done, { health, after: 5 * minute })
    expect(lines.filter((line) => line.startsWith('judged one pass'))).toEqual([])
  })

  it('pass nothing while the cluster is not heard, however well it looked', () => {
    const silent = comes(done, { after: 9 * minute, silentSince: done.state.opened + 8 * minute })
    expect(silent).toEqual(['wait: the cluster is not heard since 1 min: nothing passes on old data'])
  })

  it('fail at once when the pods do, also in the middle of a soak', () => {
    expect(comes(done, { health: 'fail', because: 'crashes', after: second })).toEqual([
      'judged one fail: crashes',
      `turned ${unit} back (failed): crashes`,
    ])
  })

  it('pause when nobody can tell whose fault it is', () => {
    expect(comes(done, { health: 'inconclusive', because: 'a node died', after: second })).toEqual([
      `paused ${unit} (environment): environment, not release: a node died`,
    ])
  })

  it('that stay open past the deadline after the soak lead back', () => {
    const late = 5 * minute + minute
    expect(comes(done, { health: 'pending', because: '0 of 1 ready', after: late })).toEqual(['wait: 0 of 1 ready'])
    expect(comes(done, { health: 'pending', because: '0 of 1 ready', after: late + 1 })).toEqual([
      'judged one fail: not after 6 min: 0 of 1 ready',
      `turned ${unit} back (failed): not after 6 min: 0 of 1 ready`,
    ])
  })

  it('want the weight proved where something can prove it', () => {
    const proof: Expectation = { kind: 'exists', object: ref('ConfigMap', 'proof') }
    const plan = smallPlan([stage('one', [step('a')], { gates: [{ kind: 'weight', proof }] })])
    expect(comes(historyOf(plan).does('a'))).toEqual(['wait: configmap/proof to be there'])
  })

  it('say so where a weight was accepted and nothing proves it', () => {
    const gates = [
      { kind: 'pods', allowedBad: 0 },
      { kind: 'weight', proof: 'accepted' },
    ] as const
    const plan = smallPlan([stage('one', [step('a')], { gates })])
    expect(comes(historyOf(plan).does('a'))).toEqual(['judged one pass: looks well · weight accepted, not proved'])
  })

  it('are not asked before the last step has settled', () => {
    expect(comes(historyOf(soaking), { after: 9 * minute })).toEqual(['send a'])
  })
})

describe('a soak', () => {
  it('lasts from the last settled step', () => {
    const later = historyOf(soaking).later(minute).does('a')
    expect(comes(later, { after: 6 * minute - 1 })).toEqual(['wait: soak 5 min'])
    expect(comes(later, { after: 6 * minute })).toEqual(['judged one pass: looks well for 5 min'])
  })

  it('of a stage without steps lasts from the end of the one before', () => {
    const plan = smallPlan([stage('one', [step('a')]), stage('bake', [], { soak: minute })])
    const baking = judged(
      historyOf(plan)
        .does('a')
        .later(2 * minute),
      'one',
    )
    expect(comes(baking, { after: 3 * minute - 1 })).toEqual(['wait: soak 1 min'])
    expect(comes(baking, { after: 3 * minute })).toEqual(['judged bake pass: looks well for 1 min'])
  })

  it('begins again with a new driver: nobody was looking in between', () => {
    const taken = done.later(4 * minute).fact({ type: 'attached', by: 'bob', host: 'laptop', pid: 2 })
    expect(comes(taken, { after: 9 * minute - 1 })).toEqual(['wait: soak 5 min'])
    expect(comes(taken, { after: 9 * minute })).toEqual(['judged one pass: looks well for 5 min'])
  })

  it('begins again after a pause', () => {
    const resumed = done.later(4 * minute).fact({ type: 'resumed', units: [unit], by: 'anna' })
    expect(comes(resumed, { after: 9 * minute - 1 })).toEqual(['wait: soak 5 min'])
  })

  it('wakes the engine at its end, or when the health rules want to look', () => {
    const bit = smallPlan([stage('one', [step('a')], { soak: 20 * second })])
    const watched = historyOf(bit).does('a')
    expect(decided(watched).wake - watched.state.opened).toBe(20 * second)
    const rules = watched.state.opened + 7 * second
    expect(decided(watched, { healthWake: rules }).wake).toBe(rules)
  })

  it('never lets the engine sleep longer than a minute', () => {
    expect(decided(done).wake - done.state.opened).toBe(minute)
  })
})

describe('a stage that waits for a human', () => {
  const plan = smallPlan([
    stage('one', [step('a')]),
    stage('ask', [], { waitsFor: 'human' }),
    stage('two', [step('b')]),
  ])
  const asking = judged(historyOf(plan).does('a'), 'one')
  const promoted = asking.fact({ type: 'asked', verb: 'promote', stage: 'ask', by: 'anna' })

  it('pauses', () => {
    expect(comes(asking)).toEqual([`paused ${unit} (human): stage ask: a human decides`])
  })

  it('goes on when it was promoted', () => {
    expect(comes(promoted)).toEqual(['judged ask pass: looks well'])
  })

  it('does not take the promotion of another stage for its own', () => {
    const other = asking.fact({ type: 'asked', verb: 'promote', stage: 'two', by: 'anna' })
    expect(comes(other)).toEqual([`paused ${unit} (human): stage ask: a human decides`])
  })

  it('asks again when somebody only resumed', () => {
    const resumed = asking.fact({ type: 'resumed', units: [unit], by: 'anna' })
    expect(comes(resumed)).toEqual([`paused ${unit} (human): stage ask: a human decides`])
  })

  it('that was promoted goes on after its soak although a gate is open', () => {
    expect(comes(promoted, { health: 'pending', because: 'not yet' })).toEqual(['judged ask pass: not yet'])
  })
})

describe('a paused unit', () => {
  const paused = historyOf(soaking).fact({ type: 'paused', units: [unit], why: 'asked by anna', cause: 'asked' })

  it('takes no step', () => {
    expect(comes(paused)).toEqual(['wait: paused: asked by anna'])
  })

  it('passes no gate', () => {
    const waiting = done.fact({ type: 'paused', units: [unit], why: 'asked by anna', cause: 'asked' })
    expect(comes(waiting, { after: 9 * minute })).toEqual(['wait: paused: asked by anna'])
  })

  it('still goes back when its pods fail', () => {
    expect(comes(paused, { health: 'fail', because: 'crashes' })).toEqual([
      'judged one fail: crashes',
      `turned ${unit} back (failed): crashes`,
    ])
  })

  it('goes on where it was once resumed', () => {
    expect(comes(paused.fact({ type: 'resumed', units: [unit], by: 'anna' }))).toEqual(['send a'])
  })

  it('says nothing twice', () => {
    expect(comes(paused, { health: 'inconclusive' })).toEqual(['wait: paused: asked by anna'])
  })
})

describe('the finish, when the new version is proven', () => {
  const plan = smallPlan([
    stage('one', [step('a')]),
    stage('close', [step('b', { undo: 'never' }), hookStep('after')], { otherwise: 'pause' }),
  ])
  const closing = judged(historyOf(plan).does('a'), 'one')
  const begun = closing.does('b')

  it('goes back when the version fails before the first step that can’t be undone', () => {
    expect(comes(closing, { health: 'fail', because: 'crashes' })).toEqual([
      'judged close fail: crashes',
      `turned ${unit} back (failed): crashes`,
    ])
  })

  it('pauses when a step can’t finish, with the new version serving', () => {
    const stuck = smallPlan([
      stage('close', [step('b', { undo: 'never' }), step('c', { undo: 'never' })], { otherwise: 'pause' }),
    ])
    const place = { unit, step: 'c', way: 'forward' } as const
    const no = historyOf(stuck)
      .does('b')
      .fact({ type: 'intended', ...place, body: 'b' })
      .fact({ type: 'refused', ...place, code: 'kube-forbidden', because: 'no', retry: false })
    expect(comes(no)).toEqual(['judged close fail: no', `paused ${unit} (finish): stage close: no`])
    expect(comes(no.fact({ type: 'paused', units: [unit], why: 'no', cause: 'finish' }))).toEqual(['wait: paused: no'])
  })

  it('is frozen when the version fails', () => {
    expect(comes(begun, { health: 'fail', because: 'crashes' })).toEqual([
      'judged close fail: crashes',
      `turned ${unit} frozen (failed): crashes`,
    ])
  })

  it('is frozen when the version fails while it is paused, too: somebody has to know', () => {
    const paused = begun.fact({ type: 'paused', units: [unit], why: 'asked', cause: 'asked' })
    expect(comes(paused, { health: 'fail', because: 'crashes' })[1]).toBe(`turned ${unit} frozen (failed): crashes`)
  })

  const frozen = begun.fact({ type: 'turned', units: [unit], to: 'frozen', why: 'crashes', cause: 'failed' })

  it('stays frozen although the version gets well again: a human decides', () => {
    expect(comes(frozen)).toEqual(['wait: frozen: crashes'])
  })

  it('goes on although it fails when a human says so', () => {
    const resumed = frozen.fact({ type: 'resumed', units: [unit], by: 'anna' })
    expect(comes(resumed, { health: 'fail', because: 'crashes' })).toEqual(['send after'])
  })

  it('goes back past the step that can’t be undone only when a human says so', () => {
    const past = frozen.fact({ type: 'turned', units: [unit], to: 'back', why: 'aborted', cause: 'failed', past: 'b' })
    expect(comes(past)).toEqual(['send back.a (back)'])
  })

  it('goes past a hook that fails after it, and says so', () => {
    const place = { unit, step: 'after', way: 'forward' } as const
    const failed = begun
      .fact({ type: 'intended', ...place, body: 'b' })
      .fact({ type: 'refused', ...place, code: 'hook-failed', because: 'exit 1', retry: false })
    expect(decided(failed).facts).toEqual([
      { type: 'warned', unit, because: 'exit 1' },
      { type: 'settled', unit, step: 'after', way: 'forward' },
    ])
  })

  it('is not gone into a stage later: what went past its way back never goes back', () => {
    const after = smallPlan([stage('one', [step('a', { undo: 'never' })]), stage('two', [step('b')])])
    const past = judged(historyOf(after).does('a'), 'one')
    expect(comes(past, { health: 'fail', because: 'crashes' })).toEqual([
      'judged two fail: crashes',
      `turned ${unit} frozen (failed): crashes`,
    ])
  })

  it('ends the unit', () => {
    expect(comes(judged(begun.does('after'), 'close'))).toEqual(['ended done: serves the new version'])
  })
})
