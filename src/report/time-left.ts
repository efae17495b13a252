import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import { type RunState, unitState } from '../core/state.ts'
import type { Millis } from '../core/time.ts'
import { planEstimate, stageEstimate } from './estimate.ts'
import { soaked } from './standing.ts'

/** About how long a run still takes when all goes well; `null` when that is not for the clock to say. */
export function timeLeft(plan: Plan, run: RunState, now: Millis): Millis | null {
  const states = unitsOf(plan).map(({ id }) => unitState(run, id))
  if (states.some(({ way, paused, ended }) => !ended && (way !== 'forward' || paused))) return null
  const isOpen = (unit: Unit): boolean => !unitState(run, unit.id).ended
  const [at, ...later] = plan.waves.filter(({ units }) => units.some(isOpen))
  if (!at) return 0
  const begun = at.units.filter((unit) => isOpen(unit) && unitState(run, unit.id).steps.size > 0)
  const waiting = at.units.filter((unit) => isOpen(unit) && !begun.includes(unit))
  const room = Math.max(0, at.parallel - begun.length)
  const present = [...begun, ...waiting.slice(0, room)].map((unit) => unitLeft(unit, run, now))
  const afterwards = [{ ...at, units: waiting.slice(room) }, ...later]
  return Math.max(0, ...present) + planEstimate({ ...plan, waves: afterwards })
}

function unitLeft(unit: Unit, run: RunState, now: Millis): Millis {
  const state = unitState(run, unit.id)
  return unit.stages
    .filter(({ id }) => state.stages.get(id)?.answer !== 'pass')
    .reduce((sum, stage) => {
      const steps = stage.steps.filter(({ id }) => state.steps.get(id)?.phase !== 'settled')
      return sum + stageEstimate(unit, { steps, soak: stage.soak - (soaked(unit, stage, run, now) ?? 0) })
    }, 0)
}
