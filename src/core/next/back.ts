import { minute, type Millis } from '../time.ts'
import { advance } from './step.ts'
import { note, passedOver, type UnitCase, type UnitDecision, waitFor } from './world.ts'

/** For the whole way back of a unit; past it a human is called, the run stays open, and `resume` tries again. */
export const backDeadline: Millis = 15 * minute

/** The way back, in its own order; a step is taken when one of the forward steps that it undoes was begun. */
export function back(unitCase: UnitCase): UnitDecision {
  const { unit, state, run } = unitCase
  if (state.paused) return waitFor(`paused: ${state.paused.why}`)
  const flying = [...state.steps].find(
    ([, step]) => step.way === 'forward' && step.phase === 'intended' && step.epoch === run.epoch,
  )
  if (flying) return waitFor(`${flying[0]} to be answered before anything is taken back`)
  const begun = (id: string): boolean => state.steps.has(id)
  const step = unit.back.find(({ id, undoes }) => undoes.some(begun) && state.steps.get(id)?.phase !== 'settled')
  if (!step) return note({ type: 'ended', unit: unit.id, outcome: 'taken-back', because: state.turn?.why ?? '' })
  const since = Math.max(state.turn?.at ?? 0, run.attached, state.resumed)
  const done = advance(unitCase, step, 'back', { since, deadline: backDeadline })
  if (!('stuck' in done)) return done
  // A hook may not stand between a failed release and its way back.
  if (step.action.mutation.verb === 'hook') return passedOver(unit.id, step.id, 'back', done.stuck)
  const why = `${step.does}: ${done.stuck}`
  return note({ type: 'paused', units: [unit.id], cause: stuckCause(unitCase, step.id), why })
}

const stuckCause = ({ state }: UnitCase, step: string): 'drift' | 'back-stuck' =>
  state.steps.get(step)?.refusal?.code === 'drift' ? 'drift' : 'back-stuck'
