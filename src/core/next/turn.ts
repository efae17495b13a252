import type { Fact, PauseCause, TurnCause } from '../journal.ts'
import type { Stage } from '../plan.ts'
import { idle, note, type UnitCase, type UnitDecision, waitFor } from './world.ts'

/** The way back; or, once the new version is proven, a pause with it serving. */
export function failed(
  unitCase: UnitCase,
  stage: Stage,
  because: string,
  cause: TurnCause,
  evidence: readonly string[] = [],
): UnitDecision {
  const { unit, state } = unitCase
  const verdict: Fact = {
    type: 'judged',
    unit: unit.id,
    stage: stage.id,
    answer: 'fail',
    because,
    ...(evidence.length > 0 && { evidence }),
  }
  if (stage.otherwise === 'pause' || passedReturn(unitCase)) {
    if (state.paused) return waitFor(`paused: ${state.paused.why}`)
    return note(verdict, { type: 'paused', units: [unit.id], cause: 'finish', why: `${stage.title}: ${because}` })
  }
  return note(verdict, { type: 'turned', units: [unit.id], to: 'back', why: because, cause })
}

/** Whether a step that can't be undone was begun. */
export const passedReturn = ({ unit, state }: Pick<UnitCase, 'unit' | 'state'>): boolean =>
  unit.stages.some((stage) => stage.steps.some((step) => step.undo === 'never' && state.steps.has(step.id)))

export const pause = ({ unit, state }: UnitCase, cause: PauseCause, why: string): UnitDecision =>
  state.paused ? idle : note({ type: 'paused', units: [unit.id], cause, why })

export const goBack = ({ unit }: UnitCase, why: string): UnitDecision =>
  note({ type: 'turned', units: [unit.id], to: 'back', why, cause: 'no-verdict' })
