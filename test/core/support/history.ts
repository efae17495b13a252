import type { Fact, Receipt } from '../../../src/core/journal.ts'
import type { Json } from '../../../src/core/json.ts'
import { keyOf } from '../../../src/core/kinds.ts'
import type { KubeObject } from '../../../src/core/objects.ts'
import type { Action, BackStep, Plan, Step, Unit } from '../../../src/core/plan.ts'
import { resolve } from '../../../src/core/resolve.ts'
import type { RunState } from '../../../src/core/state.ts'
import type { Write } from '../../../src/core/write.ts'
import type { View } from '../../../src/core/view.ts'
import { patched } from '../../../src/sim/api/json-patch.ts'
import { type Tale, tale } from '../../report/tale.ts'
import { worldOf } from '../../support/plans.ts'
import { put, run, without } from './cast.ts'

/** A run in the middle: what was journalled, and the objects as its writes left them. No controller is at work. */
export interface History {
  readonly plan: Plan
  readonly unit: Unit
  readonly tale: Tale
  readonly state: RunState
  readonly view: View
  readonly fact: (...facts: readonly Fact[]) => History
  readonly later: (ms: number) => History
  readonly see: (change: (view: View) => View) => History
  /** The next step of the plan, sent, its receipt noted, and settled. */
  readonly does: (step: string) => History
  /** All steps up to and with this one, and the gates of the stages before. */
  readonly upTo: (step: string) => History
  /** Intended and sent to the server; what comes of the answer is the test's to say. */
  readonly sends: (step: string) => History
}

export function historyOf(plan: Plan): History {
  const unit = plan.waves[0]?.units[0]
  if (!unit) throw new Error('a plan without a unit')
  return history(plan, unit, tale(plan).open(), worldOf({}, plan.release.service))
}

function history(plan: Plan, unit: Unit, told: Tale, view: View): History {
  const stepOf = (id: string): Step | BackStep => {
    const found = [...unit.stages.flatMap(({ steps }) => steps), ...unit.back].find((step) => step.id === id)
    if (!found) throw new Error(`no step ${id}`)
    return found
  }
  const wayOf = (id: string) => (id.startsWith('back.') ? 'back' : 'forward')
  const self: History = {
    plan,
    unit,
    tale: told,
    state: told.state,
    view,
    fact: (...facts) => history(plan, unit, told.fact(...facts), view),
    later: (ms) => history(plan, unit, told.after(ms), view),
    see: (change) => history(plan, unit, told, change(view)),
    sends(id) {
      const after = written(stepOf(id).action, unit, view, told.state.epoch)
      const place = { unit: unit.id, step: id, way: wayOf(id) } as const
      return history(plan, unit, told.fact({ type: 'intended', ...place, body: 'b' }), after)
    },
    does(id) {
      const { action } = stepOf(id)
      const sent = self.sends(id)
      const place = { unit: unit.id, step: id, way: wayOf(id) } as const
      return sent.fact({ type: 'sent', ...place, receipt: receiptOf(action, sent.view) }, { type: 'settled', ...place })
    },
    upTo(id) {
      let story: History = self
      for (const stage of unit.stages) {
        for (const step of stage.steps) {
          if (!story.state.units.get(unit.id)?.steps.has(step.id)) story = story.does(step.id)
          if (step.id === id) return story
        }
        story = story.fact({ type: 'judged', unit: unit.id, stage: stage.id, answer: 'pass', because: 'ready' })
      }
      throw new Error(`no step ${id}`)
    },
  }
  return self
}

function receiptOf({ mutation }: Action, view: View): Receipt {
  if (mutation.verb === 'hook') return { exitCode: 0 }
  const { resourceVersion } = view.objects.get(keyOf(mutation.object))?.metadata ?? {}
  return resourceVersion === undefined ? {} : { resourceVersion }
}

/** The objects after a mutation, as the API server would have them. */
export function written({ mutation }: Action, unit: Unit, view: View, epoch = 1): View {
  const resolved = resolve(mutation, { unit, run, epoch, view, agreed: new Set() })
  if (!('writes' in resolved)) throw new Error(`not written: ${JSON.stringify(resolved)}`)
  return resolved.writes.reduce(taken, view)
}

export function taken(view: View, write: Write): View {
  if (write.verb === 'delete') return without(view, write.object)
  const before = view.objects.get(keyOf(write.object))
  const body = write.verb === 'patch' ? patched(before as unknown as Json, write.ops) : write.body
  const after = body as unknown as KubeObject
  const version = String(Number(before?.metadata.resourceVersion ?? 100) + 1)
  const metadata = { uid: `uid-${write.object.name}`, generation: 1, ...after.metadata, resourceVersion: version }
  return put(view, { ...after, metadata })
}
