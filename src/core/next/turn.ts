import type { Fact, PauseCause, TurnCause } from '../journal.ts'
import type { Stage, Step } from '../plan.ts'
import { idle, note, type UnitCase, type UnitDecision, waitFor } from './world.ts'

/** The version failed: the way back; or, where there is none any more, nothing moves until a human decides. */
export function failed(
  unitCase: UnitCase,
  stage: Stage,
  because: string,
  cause: TurnCause,
  evidence: readonly string[] = [],
): UnitDecision {
  const { unit } = unitCase
  const verdict = { ...judgedFail(unitCase, stage, because), ...(evidence.length > 0 && { evidence }) }
  const to = passedReturn(unitCase) ? 'frozen' : 'back'
  return note(verdict, { type: 'turned', units: [unit.id], to, why: because, cause })
}

/** A step or a gate did not come to its end: the way back; or, once the new version is proven, a pause with it serving. */
export function unfinished(unitCase: UnitCase, stage: Stage, because: string, cause: TurnCause): UnitDecision {
  const { unit, state } = unitCase
  if (stage.otherwise === 'back' && !passedReturn(unitCase)) return failed(unitCase, stage, because, cause)
  if (state.paused) return waitFor(`paused: ${state.paused.why}`)
  const why = `${stage.title}: ${because}`
  return note(judgedFail(unitCase, stage, because), { type: 'paused', units: [unit.id], cause: 'finish', why })
}

const judgedFail = ({ unit }: UnitCase, { id }: Stage, because: string): Fact & { readonly type: 'judged' } => ({
  type: 'judged',
  unit: unit.id,
  stage: id,
  answer: 'fail',
  because,
})

/** The first step that can't be undone and that was begun: the point past which only a human goes back. */
export const pointPassed = ({ unit, state }: Pick<UnitCase, 'unit' | 'state'>): Step | undefined =>
  unit.stages.flatMap(({ steps }) => steps).find((step) => step.undo === 'never' && state.steps.has(step.id))

export const passedReturn = (where: Pick<UnitCase, 'unit' | 'state'>): boolean => pointPassed(where) !== undefined

export const pause = ({ unit, state }: UnitCase, cause: PauseCause, why: string): UnitDecision =>
  state.paused ? idle : note({ type: 'paused', units: [unit.id], cause, why })

export const goBack = ({ unit }: UnitCase, why: string): UnitDecision =>
  note({ type: 'turned', units: [unit.id], to: 'back', why, cause: 'no-verdict' })
