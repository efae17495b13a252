import { describe, expect, it } from 'vitest'
import { tokenPath } from '../../src/core/marks.ts'
import { minute, second } from '../../src/core/time.ts'
import { worldOf } from '../support/plans.ts'
import { edited, ref } from './support/cast.ts'
import { comes, decided } from './support/decided.ts'
import { type History, historyOf } from './support/history.ts'
import { hookStep, smallPlan, stage, step } from './support/small.ts'

const unit = 'web@us-east-1'
const place = (id: string) => ({ unit, step: id, way: 'forward' }) as const
const two = smallPlan([stage('one', [step('a'), step('b')])])
const attached = { type: 'attached', by: 'bob', host: 'laptop', pid: 2 } as const

const intend = (history: History, id: string) => history.fact({ type: 'intended', ...place(id), body: 'b' })
const refuse = (history: History, id: string, more: { retry: boolean; code?: string }) =>
  intend(history, id).fact({ type: 'refused', ...place(id), code: 'kube-throttled', because: 'too busy', ...more })
/** The same run under its next driver, which has put its token on what the first one wrote. */
const takenOver = (history: History): History => {
  const { view } = history.see((seen) => edited(seen, ref('Service'), tokenPath, 'r7f3.2'))
  return { ...history, view, state: { ...history.state, epoch: 2 } }
}

describe('a step', () => {
  it('is sent when nothing stands before it', () => {
    expect(comes(historyOf(two))).toEqual(['send a'])
  })

  it('is sent only after the one before it has settled', () => {
    const sent = historyOf(two)
      .sends('a')
      .fact({ type: 'sent', ...place('a'), receipt: {} })
    expect(comes(sent)).toEqual(['settled a'])
    expect(comes(sent.fact({ type: 'settled', ...place('a') }))).toEqual(['send b'])
  })

  it('does not settle on a read that is older than its receipt', () => {
    const sent = intend(historyOf(two), 'a').fact({ type: 'sent', ...place('a'), receipt: { resourceVersion: '101' } })
    expect(comes(sent)).toEqual(['wait: service/web to be read back'])
    const view = edited(worldOf({}, 'web'), ref('Service'), '/spec/a', 'on')
    expect(comes(sent, { view })).toEqual(['settled a'])
  })

  it('waits for the answer of a write that this driver has on its way, and sends nothing else', () => {
    expect(comes(intend(historyOf(two), 'a'), { after: 10 * minute })).toEqual(['wait: do a: no answer yet'])
  })

  it('is sent again when an earlier driver has left it without an answer', () => {
    expect(comes(takenOver(intend(historyOf(two), 'a')))).toEqual(['send a'])
  })

  it('that was answered is not sent again by another driver', () => {
    const sent = historyOf(two)
      .sends('a')
      .fact({ type: 'sent', ...place('a'), receipt: {} })
    expect(comes(takenOver(sent))).toEqual(['settled a'])
  })

  it('settles no sooner than the data plane has followed', () => {
    const slow = historyOf(smallPlan([stage('one', [step('a', { act: { linger: 2 * second } })])]))
    const sent = slow.sends('a').fact({ type: 'sent', ...place('a'), receipt: {} })
    expect(comes(sent)).toEqual(['wait: do a: the data plane to follow'])
    expect(comes(sent, { after: minute })).toEqual(['settled a'])
  })

  it('waits for its guard', () => {
    const guard = { kind: 'exists', object: ref('ConfigMap', 'permit') } as const
    const guarded = smallPlan([stage('one', [step('a', { act: { guard } })])])
    expect(comes(historyOf(guarded))).toEqual(['wait: before "do a": configmap/permit to be there'])
  })

  it('is not sent again by another driver either before its guard holds', () => {
    const guard = { kind: 'exists', object: ref('ConfigMap', 'permit') } as const
    const guarded = historyOf(smallPlan([stage('one', [step('a', { act: { guard } })])]))
    expect(comes(takenOver(intend(guarded, 'a')))).toEqual(['wait: before "do a": configmap/permit to be there'])
  })
})

describe('a hook, which may happen only once', () => {
  const plan = smallPlan([stage('one', [hookStep('smoke'), step('a')])])

  it('is run', () => {
    expect(comes(historyOf(plan))).toEqual(['send smoke'])
  })

  it('pauses the run when its driver died and nobody knows whether it ran', () => {
    expect(comes(takenOver(intend(historyOf(plan), 'smoke')))).toEqual([
      `paused ${unit} (unknown-outcome): "run smoke" was started by a driver that is gone, and whether it ran can't be known`,
    ])
  })

  it('that failed is not run again because another driver came: it failed', () => {
    const failed = refuse(historyOf(plan), 'smoke', { retry: false, code: 'hook-failed' })
    const again = takenOver({ ...failed, state: { ...failed.state, attached: failed.state.last + 1 } })
    expect(comes(again, { after: 2 })).toEqual(['judged one fail: too busy', `turned ${unit} back (failed): too busy`])
  })

  it('that was not begun is run by the next driver', () => {
    const waited = refuse(historyOf(plan), 'smoke', { retry: false, code: 'turned' })
    const again = takenOver({ ...waited, state: { ...waited.state, attached: waited.state.last + 1 } })
    expect(comes(again, { after: 2 })).toEqual(['send smoke'])
  })

  it('is run again when it says that this is safe', () => {
    const safe = smallPlan([stage('one', [hookStep('smoke', { rerun: 'safe' })])])
    expect(comes(takenOver(intend(historyOf(safe), 'smoke')))).toEqual(['send smoke'])
  })

  it('is run again after a human has looked and said resume', () => {
    const paused = takenOver(
      intend(historyOf(plan), 'smoke').fact({
        type: 'paused',
        units: [unit],
        why: 'unknown',
        cause: 'unknown-outcome',
      }),
    )
    expect(comes(paused)).toEqual(['wait: paused: unknown'])
    const resumed = intend(historyOf(plan), 'smoke')
      .later(1)
      .fact({ type: 'resumed', units: [unit], by: 'anna' })
    expect(comes(takenOver(resumed), { after: 1 })).toEqual(['send smoke'])
  })

  it('takes the release back when it fails', () => {
    expect(comes(refuse(historyOf(plan), 'smoke', { retry: false, code: 'hook-failed' }))).toEqual([
      'judged one fail: too busy',
      `turned ${unit} back (failed): too busy`,
    ])
  })
})

describe('a write that was refused', () => {
  it.each([
    [1, 250],
    [2, 500],
    [3, 1000],
    [8, 30_000],
    [12, 30_000],
  ])('for the %i. time is sent again %i ms later, not before', (times, wait) => {
    const slow = smallPlan([stage('one', [step('a')], { deadline: 10 * minute })])
    let history = historyOf(slow)
    for (let count = 0; count < times; count += 1) history = refuse(history, 'a', { retry: true })
    expect(comes(history, { after: wait - 1 })).toEqual(['wait: do a: too busy; tried again soon'])
    expect(comes(history, { after: wait })).toEqual(['send a'])
  })

  it('wakes the engine when it is time to try again', () => {
    const refused = refuse(historyOf(two), 'a', { retry: true })
    expect(decided(refused).wake - refused.tale.now).toBe(250)
  })

  it('for good is taken back, and is not a failed verdict', () => {
    expect(comes(refuse(historyOf(two), 'a', { retry: false, code: 'kube-forbidden' }))).toEqual([
      'judged one fail: too busy',
      `turned ${unit} back (no-verdict): too busy`,
    ])
  })

  it.each(['drift', 'locked'])('because of %s waits for a human', (code) => {
    expect(comes(refuse(historyOf(two), 'a', { retry: false, code }))).toEqual([`paused ${unit} (drift): too busy`])
  })

  it('is tried again at once by a new driver', () => {
    const refused = refuse(historyOf(two), 'a', { retry: false })
    const again = takenOver({ ...refused, state: { ...refused.state, attached: refused.state.last + 1 } })
    expect(comes(again, { after: 1 })).toEqual(['send a'])
  })

  it('is tried again after a human said resume', () => {
    const refused = refuse(historyOf(two), 'a', { retry: false, code: 'drift' })
    const resumed = refused.later(1).fact({ type: 'resumed', units: [unit], by: 'anna' })
    expect(comes(resumed, { after: 1 })).toEqual(['send a'])
  })
})

describe('the deadline of a stage', () => {
  const waiting = smallPlan([
    stage('one', [step('a', { act: { expect: { kind: 'exists', object: ref('ConfigMap', 'x') } } })], {
      deadline: minute,
    }),
  ])
  const sent = historyOf(waiting)
    .sends('a')
    .fact({ type: 'sent', ...place('a'), receipt: {} })

  it('is waited for to its last moment', () => {
    expect(comes(sent, { after: minute })).toEqual(['wait: configmap/x to be there'])
    expect(decided(sent).wake).toBe(sent.tale.now + minute)
  })

  it('leads to the way back once it is past', () => {
    expect(comes(sent, { after: minute + 1 })).toEqual([
      'judged one fail: not after 1 min: configmap/x to be there',
      `turned ${unit} back (failed): not after 1 min: configmap/x to be there`,
    ])
  })

  it('begins again with a new driver', () => {
    const later = { ...sent.state, watched: sent.tale.now + 50 * second }
    expect(comes({ ...sent, state: later }, { after: minute + 1 })).toEqual(['wait: configmap/x to be there'])
  })

  it('ends a retry', () => {
    const refused = refuse(historyOf(two), 'a', { retry: true })
    expect(comes(refused, { after: minute + 1 })[1]).toBe(
      `turned ${unit} back (no-verdict): not after 1 min: do a: too busy; tried again soon`,
    )
  })
})

describe('a driver that takes over', () => {
  it('is noted without changing what comes next', () => {
    const history = historyOf(two).does('a')
    expect(comes(history.fact(attached))).toEqual(comes(history))
  })
})
