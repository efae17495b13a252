import { describe, expect, it } from 'vitest'
import { setTokenPath, tokenPath } from '../../src/core/marks.ts'
import { second } from '../../src/core/time.ts'
import { planOf } from '../support/plans.ts'
import { edited, ref } from './support/cast.ts'
import { comes, decided } from './support/decided.ts'
import { type History, historyOf } from './support/history.ts'

const unit = 'web@us-east-1'
const turned = { type: 'turned', units: [unit], to: 'back', why: 'crashes', cause: 'failed' } as const
/** The same run under its next driver. */
const next2 = (history: History): History => ({ ...history, state: { ...history.state, epoch: 2 } })
const sends = (history: History): string[] => comes(history).filter((line) => line.startsWith('send'))
const prepared = historyOf(planOf()).upTo('prepare.pin-pdb-web')
const taken = (history: History, ...objects: readonly (readonly [ReturnType<typeof ref>, string])[]): History =>
  objects.reduce((story, [object, path]) => story.see((view) => edited(view, object, path, 'r7f3.2')), history)

const pinned = ['ConfigMap/deploy-undo-web', 'Service/web', 'Service/web-internal', 'PodDisruptionBudget/web']

describe('a driver that takes over', () => {
  it('puts its token on everything that the one before may have written, before anything else', () => {
    expect(sends(next2(prepared))).toEqual(pinned.map((object) => `send take.2.${object}`))
  })

  it('does so before it goes back, too', () => {
    expect(sends(next2(prepared.fact(turned)))).toEqual(pinned.map((object) => `send take.2.${object} (back)`))
  })

  it('does so while the run is paused: who wakes up asks nobody', () => {
    const paused = prepared.fact({ type: 'paused', units: [unit], why: 'asked', cause: 'asked' })
    expect(sends(next2(paused))).toHaveLength(pinned.length)
  })

  it('changes nothing else on them, and waits for no copy of the journal', () => {
    const [order] = decided(next2(prepared)).sends
    expect(order?.action.mutation).toMatchObject({ verb: 'change', changes: [] })
    expect(order?.keeps).toBe(true)
  })

  it('goes on once it has them all', () => {
    const all = taken(
      prepared,
      [ref('ConfigMap', 'deploy-undo-web'), tokenPath],
      [ref('Service'), tokenPath],
      [ref('Service', 'web-internal'), tokenPath],
      [ref('PodDisruptionBudget'), tokenPath],
    )
    expect(sends(next2(all))).toEqual(['send prepare.hold-hpa'])
  })

  it('takes what may just be being written, although no token is there yet', () => {
    const flying = historyOf(planOf())
      .upTo('prepare.pin-web')
      .fact({ type: 'intended', unit, step: 'prepare.pin-web-internal', way: 'forward', body: 'b' })
    expect(sends(next2(flying))).toContain('send take.2.Service/web-internal')
  })

  it('takes a ReplicaSet by a mark of its own', () => {
    const tagged = historyOf(planOf()).upTo('prepare.tag')
    const set = ref('ReplicaSet', 'web-7c9f6d5b8')
    expect(sends(next2(tagged))).toContain('send take.2.ReplicaSet/web-7c9f6d5b8')
    expect(sends(next2(taken(tagged, [set, setTokenPath])))).not.toContain('send take.2.ReplicaSet/web-7c9f6d5b8')
  })

  it('leaves alone what was given up: its marks are off', () => {
    const closing = historyOf(planOf()).upTo('close.disown-Service-web')
    expect(sends(next2(closing))).not.toContain('send take.2.Service/web')
  })

  it('waits while an object does not answer, and tries again', () => {
    const intended = decided(next2(prepared)).sends.reduce(
      (story, { step }) => story.fact({ type: 'intended', unit, step, way: 'forward', body: 'b' }),
      prepared,
    )
    const refused = decided(next2(prepared)).sends.reduce(
      (story, { step }) =>
        story.fact({ type: 'refused', unit, step, way: 'forward', code: 'kube-timeout', because: 'x', retry: true }),
      intended,
    )
    expect(comes(next2(refused))[0]).toMatch(/^wait: driver 2 to take over configmap/)
    expect(sends(next2({ ...refused }))).toEqual([])
    expect(decided(next2(refused), { after: second }).sends).toHaveLength(pinned.length)
  })

  it('is not stopped by an object that can’t be written: the way back must not be', () => {
    const refused = decided(next2(prepared.fact(turned))).sends.reduce(
      (story, { step }) =>
        story
          .fact({ type: 'intended', unit, step, way: 'back', body: 'b' })
          .fact({ type: 'refused', unit, step, way: 'back', code: 'kube-forbidden', because: 'no', retry: false }),
      prepared.fact(turned),
    )
    expect(sends(next2(refused))).toEqual(['send back.unpin-web (back)'])
  })

  it('of a run that nobody drove before takes nothing', () => {
    expect(sends(prepared)).toEqual(['send prepare.hold-hpa'])
  })
})
