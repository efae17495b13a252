import { refName } from '../kinds.ts'
import { type BackStep, stepsOf, type Unit } from '../plan.ts'
import { isOurs, tokenOf } from '../resolve.ts'
import type { UnitState } from '../state.ts'
import { minute, type Millis, second } from '../time.ts'
import { tendedSince } from './stages.ts'
import { advance } from './step.ts'
import { note, passedOver, type UnitCase, type UnitDecision, waitFor } from './world.ts'

/** For the whole way back of a unit; past it a human is called, the run stays open, and `resume` tries again. */
export const backDeadline: Millis = 15 * minute

/** All steps of the way back that a unit is on, or would go, in their order. */
export const wayBack = (unit: Unit, { turn }: UnitState): readonly BackStep[] =>
  turn?.past === undefined ? unit.back : [...(unit.past ?? []), ...unit.back]

/** The way back, in its own order; a step is taken when one of the forward steps that it undoes was begun. */
export function back(unitCase: UnitCase): UnitDecision {
  const { unit, state, run } = unitCase
  if (state.paused) return waitFor(`paused: ${state.paused.why}`)
  const hooks = hooksOf(unit)
  const flying = [...state.steps].flatMap(([id, step]) =>
    step.way === 'forward' && step.phase === 'intended' && step.epoch === run.epoch ? [id] : [],
  )
  const write = flying.find((id) => !hooks.has(id))
  if (write) return waitFor(`${write} to be answered before anything is taken back`)
  const begun = (id: string): boolean => state.steps.has(id)
  const step = wayBack(unit, state).find(
    ({ id, undoes }) => undoes.some(begun) && state.steps.get(id)?.phase !== 'settled',
  )
  // What may happen only once is not interrupted: what takes it back waits for its end, and requests do not.
  if (flying[0] && (!step || hooks.has(step.id))) return waitFor(`${flying[0]} to end: it is not interrupted`)
  if (!step)
    return (
      stillMarked(unitCase) ??
      note({ type: 'ended', unit: unit.id, outcome: 'taken-back', because: state.turn?.why ?? '' })
    )
  const done = advance(unitCase, step, 'back', { since: triedSince(unitCase), deadline: backDeadline })
  if (!('stuck' in done)) return done
  // A hook may not stand between a failed release and its way back.
  if (step.action.mutation.verb === 'hook') return passedOver(unit.id, step.id, 'back', done.stuck)
  const why = `${step.does}: ${done.stuck}`
  return note({ type: 'paused', units: [unit.id], cause: stuckCause(unitCase, step.id), why })
}

/** On its way back, and stopped there by what a human has to mend. Their own pause is not that. */
export const isStuckBack = ({ way, paused }: UnitState): boolean =>
  way === 'back' && paused !== null && paused.cause !== 'asked'

/** When it was begun, or taken up again. */
const triedSince = (unitCase: UnitCase): Millis => Math.max(unitCase.state.turn?.at ?? 0, tendedSince(unitCase))

/** So long a watch may take to show what the API server has answered. */
const unseen: Millis = 30 * second

/**
 * Nothing is left to do, and yet an object carries this run's token: another driver has done more than is known here, as
 * where its journal is in a home that can't be reached. Who says then that stable serves says what is not so.
 */
function stillMarked(unitCase: UnitCase): UnitDecision | null {
  const { unit, state, run, world, now } = unitCase
  const marked = [...world.view.objects.values()].find((object) => isOurs(object, run.run))
  if (!marked) return null
  const settled = Math.max(triedSince(unitCase), ...[...state.steps.values()].map(({ at }) => at))
  const name = refName({ kind: marked.kind, name: marked.metadata.name })
  if (now < settled + unseen) return waitFor(`${name} to carry no mark of this run`, settled + unseen)
  const why = `${name} still carries ${tokenOf(marked)}: a driver elsewhere has done more than this machine knows`
  return note({ type: 'paused', units: [unit.id], cause: 'back-stuck', why })
}

const hooksOf = (unit: Unit): ReadonlySet<string> =>
  new Set(stepsOf(unit).flatMap(({ id, action }) => (action.mutation.verb === 'hook' ? [id] : [])))

const stuckCause = ({ state }: UnitCase, step: string): 'drift' | 'back-stuck' =>
  state.steps.get(step)?.refusal?.code === 'drift' ? 'drift' : 'back-stuck'
