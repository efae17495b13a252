import type { Stage } from '../plan.ts'
import type { Millis } from '../time.ts'
import type { UnitCase } from './world.ts'

/** The first stage that has not passed. */
export const stageNow = ({ unit, state }: Pick<UnitCase, 'unit' | 'state'>): Stage | undefined =>
  unit.stages.find((stage) => state.stages.get(stage.id)?.answer !== 'pass')

/** Since when somebody looks on and no human has said to begin again: soaks, deadlines and tries count from here on. */
export const tendedSince = ({ run, state }: Pick<UnitCase, 'run' | 'state'>): Millis =>
  Math.max(run.watched, state.resumed)

/** The first `intended` of the stage; again from the start after nobody looked, and when a human resumed. */
export function stageBegan(unitCase: UnitCase, stage: Stage): Millis {
  const { state, run, unit, now } = unitCase
  const first = stage.steps.map(({ id }) => state.steps.get(id)?.since).find((since) => since !== undefined)
  const index = unit.stages.indexOf(stage)
  const before = index > 0 ? state.stages.get(unit.stages[index - 1]?.id ?? '')?.at : run.opened
  return Math.max(first ?? before ?? now, tendedSince(unitCase))
}

export const begun = ({ state }: UnitCase, stage: Stage): boolean => stage.steps.some(({ id }) => state.steps.has(id))

export const allSettled = ({ state }: Pick<UnitCase, 'state'>, stage: Stage): boolean =>
  stage.steps.every(({ id }) => state.steps.get(id)?.phase === 'settled')

/** After a resume the soak starts again, as it does whenever nobody was looking in between. */
export function soakBegan(unitCase: Pick<UnitCase, 'state' | 'run' | 'unit'>, stage: Stage): Millis {
  const { state, run, unit } = unitCase
  const settled = stage.steps.map(({ id }) => state.steps.get(id)?.at ?? 0)
  const index = unit.stages.indexOf(stage)
  const before = index > 0 ? (state.stages.get(unit.stages[index - 1]?.id ?? '')?.at ?? 0) : run.opened
  return Math.max(before, ...settled, tendedSince(unitCase))
}
