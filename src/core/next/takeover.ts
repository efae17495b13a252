import { keyOf, type Ref, refName } from '../kinds.ts'
import { fencingToken } from '../marks.ts'
import { asserted, written } from '../moves/context.ts'
import type { KubeObject } from '../objects.ts'
import { type Action, stepsOf } from '../plan.ts'
import { copiesOf, tokenOf } from '../resolve.ts'
import type { StepState } from '../state.ts'
import { setsOf } from '../tracks.ts'
import { find } from '../view.ts'
import { retryAfter } from './step.ts'
import { type SendOrder, type UnitCase, type UnitDecision, waitFor } from './world.ts'

/** So often a token is put on an object that does not take it; after that the writes to it say what is wrong there. */
const mostTries = 5

/**
 * An earlier driver may still have a write on its way, or wake up and send one. So its token goes from every object that
 * the journal says it may have written, before anything else is sent in the unit: from then on its writes are refused.
 */
export function takeOver(unitCase: UnitCase): UnitDecision | null {
  const { unit, state, run } = unitCase
  const open = inherited(unitCase).map((object) => ({ object, at: state.steps.get(stepFor(unitCase, object)) }))
  if (open.length === 0) return null
  const due = open.filter(({ at }) => isDue(unitCase, at))
  const sends = due.map(({ object }): SendOrder => {
    const action = asserted({ verb: 'change', object, changes: [] }, written)
    const does = `take over ${refName(object)}`
    return { unit: unit.id, step: stepFor(unitCase, object), does, action, way: wayOf(unitCase), keeps: true }
  })
  if (sends.length > 0) return { facts: [], sends }
  const wake = Math.min(...open.map(({ at }) => (at?.phase === 'refused' ? again(at) : Number.POSITIVE_INFINITY)))
  const waiting = `driver ${run.epoch} to take over ${open.map(({ object }) => refName(object)).join(', ')}`
  return waitFor(waiting, Number.isFinite(wake) ? wake : undefined)
}

/** Each driver has steps of its own for this: what an earlier one took over says nothing. */
const stepFor = ({ run }: UnitCase, object: Ref): string => `take.${run.epoch}.${keyOf(object)}`

const wayOf = ({ state }: UnitCase): SendOrder['way'] => (state.way === 'back' ? 'back' : 'forward')

const again = ({ at, attempts }: StepState): number => at + retryAfter(attempts)

function isDue({ now }: UnitCase, at: StepState | undefined): boolean {
  return at === undefined || (at.phase === 'refused' && now >= again(at))
}

/** Done, or given up: what can't be stamped stops no way back. */
const isOver = (at: StepState | undefined): boolean =>
  at?.phase === 'sent' || (at?.phase === 'refused' && (at.refusal?.retry !== true || at.attempts >= mostTries))

/** Objects that an earlier driver wrote, or may be writing, and that do not carry the token of this one. */
function inherited(unitCase: UnitCase): Ref[] {
  const { run, state, world } = unitCase
  const token = fencingToken(run.run, run.epoch)
  return writtenBefore(unitCase).filter((object) => {
    const live = find(world.view, object.kind, object.name)
    return live && tokenOf(live) !== token && !isOver(state.steps.get(stepFor(unitCase, object)))
  })
}

function writtenBefore(unitCase: UnitCase): Ref[] {
  const { unit, state, run, world } = unitCase
  const begun = stepsOf(unit)
    .flatMap(({ id, action }) => {
      const at = state.steps.get(id)
      return at ? [{ action, at }] : []
    })
    .toSorted((a, b) => a.at.at - b.at.at)
  const found = new Map<string, Ref>()
  for (const { action, at } of begun) {
    for (const object of objectsOf(action)) {
      if (isGivenUp(action, at, run.epoch)) found.delete(keyOf(object))
      else if (at.begunBy < run.epoch) found.set(keyOf(object), object)
    }
  }
  return [...found.values()]

  /** Also those that a step finds by looking: sets that it deletes, and sets that have copies of our marks. */
  function objectsOf({ mutation }: Action): Ref[] {
    if (mutation.verb === 'hook' || mutation.verb === 'delete-unready') return []
    if (mutation.verb === 'delete-sets') return refsOf(setsOf(unit, run.run, world.view, 'new'))
    const copies = mutation.verb === 'disown' ? copiesOf(mutation.object, unit, world.view) : []
    return [mutation.object, ...refsOf(copies)]
  }

  function refsOf(sets: readonly KubeObject[]): Ref[] {
    return sets.map(({ metadata: { name } }) => ({ kind: 'ReplicaSet', namespace: unit.namespace, name }))
  }
}

/** Our marks are off it, or are being taken off by this very driver, and nothing was written since. */
const isGivenUp = ({ mutation: { verb } }: Action, { phase, epoch: by }: StepState, epoch: number): boolean =>
  (verb === 'disown' || verb === 'delete' || verb === 'delete-sets') &&
  (phase === 'sent' || phase === 'settled' || (phase === 'intended' && by === epoch))
