import { exitCodes } from '../core/errors.ts'
import type { Entry } from '../core/journal.ts'
import { isStuckBack } from '../core/next/index.ts'
import type { Plan } from '../core/plan.ts'
import { fold, type RunState, stateOf } from '../core/state.ts'
import type { Millis } from '../core/time.ts'
import type { RunOutcome } from './documents/run.ts'
import { type Standing, standings } from './standing.ts'

export interface Story {
  readonly plan: Plan
  readonly entries: readonly Entry[]
  readonly state: RunState
  readonly units: readonly Standing[]
  readonly outcome: RunOutcome
  /** As the process will end, or ended; `null` while the run is open and nobody has ended it. */
  readonly exit: number | null
  readonly driver: string | null
  /** When somebody who drives it was heard of last. */
  readonly heard: Millis
}

export interface StoryInput {
  readonly plan: Plan
  readonly entries: readonly Entry[]
  readonly exit: number | null
  /** Whether a driver is alive; `null`: it can't be told. Only asked of a run that is open. */
  readonly attended?: boolean | null
  /** Who drives it, or did so last, where that is known. */
  readonly driver?: string | null
  /** When that one was heard of last. */
  readonly heard?: Millis | null
}

/** A run as it is told: by its journal, and by the exit code of the process that ends (for `status` there is none). */
export function storyOf({ plan, entries, exit, attended = false, driver = null, heard }: StoryInput): Story {
  const state = fold(stateOf(plan), entries)
  const units = standings(plan, state)
  const code = exit ?? state.exit
  return {
    plan,
    entries,
    state,
    units,
    outcome: outcomeOf(units, code, attended),
    exit: code,
    driver: code === null ? driver : null,
    heard: Math.max(heard ?? 0, state.last),
  }
}

function outcomeOf(units: readonly Standing[], exit: number | null, attended: boolean | null): RunOutcome {
  const outcomes = units.map(({ state }) => state.ended?.outcome)
  switch (exit) {
    case null:
      if (units.some(isStuck)) return 'human-needed'
      return attended === null ? 'open' : attended ? 'running' : 'unattended'
    case exitCodes.done:
      return outcomes.length > 0 && outcomes.every((outcome) => outcome === 'verified') ? 'verified' : 'done'
    case exitCodes.takenBack:
    case exitCodes.takenBackWithoutVerdict:
      return 'taken-back'
    case exitCodes.humanNeeded:
      return 'human-needed'
    case exitCodes.paused:
      return 'paused'
    case exitCodes.interrupted:
    case exitCodes.terminated:
      return 'interrupted'
    default:
      return 'stopped'
  }
}

const isStuck = ({ state }: Standing): boolean => state.way === 'frozen' || isStuckBack(state)
