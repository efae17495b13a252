import { describe, expect, it } from 'vitest'
import { backDeadline } from '../../src/core/next/back.ts'
import type { BackStep } from '../../src/core/plan.ts'
import { tokenPath } from '../../src/core/marks.ts'
import { minute } from '../../src/core/time.ts'
import { edited, ref } from './support/cast.ts'
import { comes, decided } from './support/decided.ts'
import { type History, historyOf } from './support/history.ts'
import { hookStep, smallPlan, stage, step } from './support/small.ts'

const unit = 'web@us-east-1'
const turned = { type: 'turned', units: [unit], to: 'back', why: 'crashes', cause: 'failed' } as const
const plan = smallPlan([stage('one', [step('a'), step('b'), step('c')])])
const begun = historyOf(plan).does('a').does('b')
const at = (id: string) => ({ unit, step: id, way: id.startsWith('back.') ? 'back' : 'forward' }) as const

describe('the way back', () => {
  const back = begun.fact(turned)

  it('begins with what was done last', () => {
    expect(comes(back)).toEqual(['send back.b (back)'])
  })

  it('takes one step after the other, and leaves out what was never begun', () => {
    expect(comes(back.does('back.b'))).toEqual(['send back.a (back)'])
  })

  const gone = back.does('back.b').does('back.a')
  const mark = ref('Service')

  it('ends the unit', () => {
    const unmarked = gone.see((seen) => edited(seen, mark, tokenPath, 'r0ld.1'))
    expect(comes(unmarked)).toEqual(['ended taken-back: crashes'])
  })

  it('does not end it while an object carries the run’s token', () => {
    expect(comes(gone)).toEqual(['wait: service/web to carry no mark of this run'])
  })

  it('calls a human when that stays so: another driver has done what is not known here', () => {
    expect(comes(gone, { after: minute })).toEqual([
      'paused web@us-east-1 (back-stuck): service/web still carries r7f3.1: a driver elsewhere has done more than this machine knows',
    ])
  })

  it('takes back what was intended, although nobody knows whether it was sent', () => {
    const intended = begun.fact({ type: 'intended', ...at('c'), body: 'b' })
    const { view } = intended.see((seen) => edited(seen, ref('Service'), tokenPath, 'r7f3.2'))
    const lost = { ...intended.fact(turned), view, state: { ...intended.fact(turned).state, epoch: 2 } }
    expect(comes(lost)).toEqual(['send back.c (back)'])
  })

  it('waits for the answer of what is on its way forward', () => {
    const flying = begun.fact({ type: 'intended', ...at('c'), body: 'b' }).fact(turned)
    expect(comes(flying)).toEqual(['wait: c to be answered before anything is taken back'])
  })

  it('of a unit that had begun nothing is no way at all', () => {
    expect(comes(historyOf(plan).fact(turned))).toEqual(['ended taken-back: crashes'])
  })

  it('does not look at the pods any more', () => {
    expect(comes(back, { health: 'fail' })).toEqual(['send back.b (back)'])
  })

  it('settles its steps by receipt, too', () => {
    const sent = back
      .fact({ type: 'intended', ...at('back.b'), body: 'b' })
      .fact({ type: 'sent', ...at('back.b'), receipt: { resourceVersion: '999' } })
    expect(comes(sent)).toEqual(['wait: service/web to be read back'])
  })

  it('is in the order of the plan, not of the history', () => {
    const undo = (id: string, undoes: string[]): BackStep => ({
      id: `back.${id}`,
      does: `undo ${id}`,
      moves: 'rest',
      undoes,
      action: step(id).action,
    })
    const ordered = smallPlan([stage('one', [step('a'), step('b')])], { back: [undo('a', ['a']), undo('b', ['b'])] })
    expect(comes(historyOf(ordered).does('a').does('b').fact(turned))).toEqual(['send back.a (back)'])
  })

  it('goes past a hook that fails: it may not stand between a bad release and its way back', () => {
    const told = { ...hookStep('tell'), id: 'back.tell', moves: 'services', undoes: ['a'] } as const
    const hooked = smallPlan([stage('one', [step('a')])], { back: [told] })
    const failed = historyOf(hooked)
      .does('a')
      .fact(turned)
      .fact({ type: 'intended', ...at('back.tell'), body: 'b' })
      .fact({ type: 'refused', ...at('back.tell'), code: 'hook-failed', because: 'exit 1', retry: false })
    expect(comes(failed)).toEqual(['warned', 'settled back.tell'])
  })
})

describe('a way back that is stuck', () => {
  const never = { kind: 'exists', object: ref('ConfigMap', 'x') } as const
  const undo: BackStep = { ...step('a', { act: { expect: never } }), id: 'back.a', moves: 'traffic', undoes: ['a'] }
  const blocked = smallPlan([stage('one', [step('a')])], { back: [undo] })
  const waiting = historyOf(blocked)
    .does('a')
    .fact(turned)
    .fact({ type: 'intended', ...at('back.a'), body: 'b' })
    .fact({ type: 'sent', ...at('back.a'), receipt: {} })
  const paused = (history: History): History => history.fact(...decided(history, { after: backDeadline + 1 }).facts)

  it('calls a human when its deadline is past', () => {
    expect(comes(waiting, { after: backDeadline })).toEqual(['wait: configmap/x to be there'])
    expect(comes(waiting, { after: backDeadline + 1 })).toEqual([
      `paused ${unit} (back-stuck): do a: not after 15 min: configmap/x to be there`,
    ])
  })

  it('waits for them', () => {
    expect(comes(paused(waiting))[0]).toMatch(/^wait: paused: do a: not after 15 min/)
  })

  it('is sent again when they say resume, and waited for again', () => {
    const resumed = paused(waiting)
      .later(20 * minute)
      .fact({ type: 'resumed', units: [unit], by: 'anna' })
    expect(comes(resumed, { after: 21 * minute })).toEqual(['send back.a (back)'])
    const sent = resumed
      .later(1)
      .fact({ type: 'intended', ...at('back.a'), body: 'b' })
      .fact({ type: 'sent', ...at('back.a'), receipt: {} })
    expect(comes(sent, { after: 34 * minute })).toEqual(['wait: configmap/x to be there'])
  })

  it('because of a refusal says so', () => {
    const refused = historyOf(blocked)
      .does('a')
      .fact(turned)
      .fact({ type: 'intended', ...at('back.a'), body: 'b' })
      .fact({ type: 'refused', ...at('back.a'), code: 'kube-forbidden', because: 'no right', retry: false })
    expect(comes(refused)).toEqual([`paused ${unit} (back-stuck): do a: no right`])
  })

  it('because of somebody’s change asks whose value it is to be', () => {
    const refused = historyOf(blocked)
      .does('a')
      .fact(turned)
      .fact({ type: 'intended', ...at('back.a'), body: 'b' })
      .fact({ type: 'refused', ...at('back.a'), code: 'drift', because: 'somebody changed it', retry: false })
    expect(comes(refused)).toEqual([`paused ${unit} (drift): do a: somebody changed it`])
  })
})
