import { type ExitCode, exitCodes } from '../core/errors.ts'
import { isStuckBack, waitingForOthers, wayBack } from '../core/next/index.ts'
import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import { type RunState, type UnitState, unitState } from '../core/state.ts'
import type { Leaving } from './answer.ts'

export interface Exit {
  readonly code: ExitCode
  readonly outcome: string
  /** Whether the run is over; else it stays open and can be resumed. */
  readonly closes: boolean
}

/** Whether the driver is done, and with which code; `null`: go on. */
export function exitOf({
  plan,
  state,
  exitOnPause,
  leaving,
  away,
}: {
  plan: Plan
  state: RunState
  exitOnPause: boolean
  leaving: Leaving | null
  /** Units that this driver has no way to: what it can't do does not keep it. */
  away: ReadonlySet<string>
}): Exit | null {
  const units = unitsOf(plan).filter(({ id }) => !away.has(id))
  const states = unitsOf(plan).map((unit) => unitState(state, unit.id))
  if (states.every(({ ended }) => ended)) return closed(plan, state)
  if (leaving?.when === 'now') return { code: leaving.exit, outcome: leaving.why ?? 'left open', closes: false }
  const behind = units.filter((unit) => !trafficIsBack(unit, state))
  if (leaving && behind.length === 0) return { code: leaving.exit, outcome: 'left open', closes: false }
  // What waits for a unit that is paused can't go on either.
  const waiting = waitingForOthers(plan, state)
  // Whoever leaves waits for requests that are still on their way back; what stands still there is said as without a signal.
  const open = (leaving ? behind : units.filter(({ id }) => !waiting.has(id)))
    .map((unit) => unitState(state, unit.id))
    .filter(({ ended }) => !ended)
  const left = [...away].filter((id) => !unitState(state, id).ended)
  if (open.length === 0 && left.length > 0)
    return { code: exitCodes.humanNeeded, outcome: `not taken back: ${left.join(', ')}`, closes: false }
  if (open.length === 0 || !open.every(({ paused, way }) => paused || way === 'frozen')) return null
  // Another driver is at work: two that write in turn are worse than none that watches.
  if (open.some(isLocked)) return { code: exitCodes.locked, outcome: 'another driver has taken over', closes: false }
  if (open.some(({ way }) => way === 'frozen'))
    return { code: exitCodes.humanNeeded, outcome: 'frozen, past its way back', closes: false }
  if (open.some(isStuckBack)) return { code: exitCodes.humanNeeded, outcome: 'the way back is stuck', closes: false }
  // On the way back, and once the new version is proven, there is nothing left to watch: a human has to come anyway.
  const nothingToWatch = open.every(({ way, paused }) => way === 'back' || paused?.cause === 'finish')
  const code = left.length > 0 ? exitCodes.humanNeeded : exitCodes.paused
  return exitOnPause || nothingToWatch ? { code, outcome: 'paused', closes: false } : null
}

/** A write of this driver found the token of a later one. */
export const isTakenOver = ({ units, epoch }: RunState): boolean =>
  [...units.values()].some(({ steps }) =>
    [...steps.values()].some(
      (step) => step.phase === 'refused' && step.refusal?.code === 'taken-over' && step.epoch === epoch,
    ),
  )

const isLocked = ({ steps }: UnitState): boolean =>
  [...steps.values()].some(({ phase, refusal }) => phase === 'refused' && refusal?.code === 'locked')

function closed(plan: Plan, state: RunState): Exit {
  const states = unitsOf(plan).map((unit) => unitState(state, unit.id))
  const back = states.filter(({ ended }) => ended?.outcome === 'taken-back')
  if (back.length === 0) return { code: exitCodes.done, outcome: 'done', closes: true }
  // What an emergency release replaced was broken before: nobody can say that its way back brought something healthy.
  if (plan.release.emergency)
    return { code: exitCodes.humanNeeded, outcome: 'taken back to what was there before', closes: true }
  const failed = back.some(({ turn }) => turn?.cause === 'failed')
  return { code: failed ? exitCodes.takenBack : exitCodes.takenBackWithoutVerdict, outcome: 'taken back', closes: true }
}

/** Every step of the way back that moves requests and is due has settled (or none was due). */
function trafficIsBack(unit: Unit, run: RunState): boolean {
  const state = unitState(run, unit.id)
  // What is still on its way forward is past its way back: there is nothing to wait for.
  if (state.ended || state.way !== 'back') return true
  const due = wayBack(unit, state).filter(
    ({ moves, undoes, action }) =>
      (moves === 'traffic' || moves === 'services') &&
      action.mutation.verb !== 'hook' &&
      undoes.some((id) => state.steps.has(id)),
  )
  return due.every(({ id }) => state.steps.get(id)?.phase === 'settled')
}
