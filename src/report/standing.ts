import { soakBegan, stageNow, wayBack } from '../core/next/index.ts'
import { type BackStep, type Plan, type Stage, type Unit, unitsOf } from '../core/plan.ts'
import { type RunState, type UnitState, unitState } from '../core/state.ts'
import type { Millis } from '../core/time.ts'

/** Where a unit stands, read from the plan and the state alone. */
export interface Standing {
  readonly unit: Unit
  readonly state: UnitState
  readonly begun: boolean
  /** The stage at work, or the one at which it left the way forward. */
  readonly stage: Stage | null
  /** Share of requests (or, rolling, of pods) that the new version may have now, in percent. */
  readonly weight: number
  /** `unknown`: another driver has done there what this machine has not read. */
  readonly serves: 'old' | 'new' | 'both' | 'unknown'
}

export const standings = (plan: Plan, run: RunState): Standing[] => unitsOf(plan).map((unit) => standingOf(unit, run))

export function standingOf(unit: Unit, run: RunState): Standing {
  const state = unitState(run, unit.id)
  const weight = weightNow(unit, state)
  const unknown = isBehind(unit, state)
  const serves = unknown ? 'unknown' : weight === 0 ? 'old' : weight === 100 ? 'new' : 'both'
  return {
    unit,
    state,
    begun: unknown || state.steps.size > 0,
    stage: stageNow({ unit, state }) ?? null,
    weight,
    serves,
  }
}

/** All that is known was taken back, and it is stuck all the same. */
const isBehind = (unit: Unit, state: UnitState): boolean =>
  state.paused?.cause === 'back-stuck' && isSettled(backSteps(unit, state), state)

const isSettled = (steps: readonly BackStep[], { steps: seen }: UnitState): boolean =>
  steps.every(({ id }) => seen.get(id)?.phase === 'settled')

/** An intended shift may have been sent: it counts. On the way back requests count as gone when that was seen. */
function weightNow(unit: Unit, state: UnitState): number {
  if (state.ended?.outcome === 'taken-back' || requestsAreBack(unit, state)) return 0
  if (state.ended?.outcome === 'done' || state.ended?.outcome === 'verified') return 100
  const reached = unit.stages.filter(
    ({ steps, weight }) => weight !== undefined && steps.some(({ id }) => state.steps.has(id)),
  )
  return reached.at(-1)?.weight ?? 0
}

const requestsAreBack = (unit: Unit, state: UnitState): boolean =>
  state.way === 'back' && isSettled(requestSteps(unit, state), state)

/** The steps of the way back after which the old version has all requests again. */
export function requestSteps(unit: Unit, state: UnitState): BackStep[] {
  const due = backSteps(unit, state)
  const moves = due.some((step) => step.moves === 'traffic') ? ['traffic', 'services'] : ['services', 'pods']
  return due.filter((step) => moves.includes(step.moves))
}

/** The steps of the way back that are due, in their order. */
export const backSteps = (unit: Unit, state: UnitState): BackStep[] =>
  wayBack(unit, state).filter(({ undoes }) => undoes.some((id) => state.steps.has(id)))

/** When a stage began: with its first step, or with the end of the one before. */
export function stageBegan(unit: Unit, stage: Stage, run: RunState): Millis {
  const state = unitState(run, unit.id)
  const first = stage.steps.map(({ id }) => state.steps.get(id)?.since).find((since) => since !== undefined)
  const before = unit.stages[unit.stages.indexOf(stage) - 1]
  return first ?? (before ? state.stages.get(before.id)?.at : undefined) ?? run.opened
}

/** How much of the soak is over; `null` before all steps of the stage have settled. */
export function soaked(unit: Unit, stage: Stage, run: RunState, now: Millis): Millis | null {
  const state = unitState(run, unit.id)
  const settled = stage.steps.every(({ id }) => state.steps.get(id)?.phase === 'settled')
  if (!settled || stage.soak === 0) return null
  return Math.max(0, Math.min(stage.soak, now - soakBegan({ unit, state, run }, stage)))
}
