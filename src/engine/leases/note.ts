import { homeOf, leaseOf } from '../../core/home.ts'
import type { LeaseHome, LeaseNote, Phase } from '../../core/lease/lease.ts'
import { stageNow } from '../../core/next/index.ts'
import { waitingUnit } from '../../core/next/waiting.ts'
import { type Plan, type Unit, unitsOf } from '../../core/plan.ts'
import { type RunState, stateOf, unitState } from '../../core/state.ts'
import type { Taking } from './taking.ts'

/** What the Lease of a unit says while the run is in this phase and state. */
export type NoteOf = (unit: Unit, phase: Phase, state?: RunState) => LeaseNote

export function noteFor({ plan, planHash, run, holder, clock }: Taking, epoch: number): NoteOf {
  const homeUnit = homeOf(plan)
  const { namespace, name } = leaseOf(homeUnit)
  const home: LeaseHome = { cluster: homeUnit.cluster, namespace, name }
  const { service, environment, strategy, version } = plan.release
  const { by, host, pid, process } = holder
  const taken = clock.now()
  return (unit, phase, state = stateOf(plan)) => {
    const waits = waitsAt(plan, state)
    const since = state.opened === 0 ? taken : state.opened
    const release = {
      service,
      environment,
      strategy,
      version,
      stage: placeOf(unit, state),
      ...(waits !== undefined && { waits }),
      by,
      host,
      pid,
      since,
      ...(process !== undefined && { process }),
    }
    return { run, phase, plan: planHash, home, epoch, release }
  }
}

function placeOf(unit: Unit, run: RunState): string {
  const state = unitState(run, unit.id)
  if (state.ended) return state.ended.outcome
  return state.way === 'back' ? 'the way back' : (stageNow({ unit, state })?.id ?? '')
}

function waitsAt(plan: Plan, run: RunState): string | undefined {
  const unit = waitingUnit(plan, run)
  return unit && stageNow({ unit, state: unitState(run, unit.id) })?.id
}

/** Of the whole run: whoever meets one of its Leases learns how it is. */
export function phaseOf(plan: Plan, run: RunState): Phase {
  if (run.exit !== null) return 'closed'
  const living = unitsOf(plan)
    .map(({ id }) => unitState(run, id))
    .filter(({ ended }) => !ended)
  if (living.some(({ way }) => way === 'frozen')) return 'frozen'
  return living.some(({ paused }) => paused) ? 'paused' : 'open'
}
