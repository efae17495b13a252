import type { PauseCause } from '../journal.ts'
import { type Plan, type Unit, unitsOf } from '../plan.ts'
import { type RunState, unitState } from '../state.ts'

/** What a human's yes is asked for before anything else. */
const asks: ReadonlySet<PauseCause> = new Set(['human', 'unknown-outcome'])

/** The unit that people look at when the run stands still: one that asks for a yes, else any that is paused. */
export function waitingUnit(plan: Plan, run: RunState): Unit | undefined {
  const paused = unitsOf(plan).filter(({ id }) => {
    const state = unitState(run, id)
    return !state.ended && state.paused !== null
  })
  return paused.find(({ id }) => asks.has(unitState(run, id).paused?.cause as PauseCause)) ?? paused[0]
}
