import { type ExitCode, exitCodes } from '../core/errors.ts'
import type { Fact } from '../core/journal.ts'
import { stageNow } from '../core/next/stages.ts'
import { passedReturn } from '../core/next/turn.ts'
import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import { type RunState, unitState } from '../core/state.ts'
import type { Ask } from './asks.ts'

/** The driver leaves with the run open: `now`, or when no request goes to the new pods any more. */
export interface Leaving {
  readonly exit: ExitCode
  readonly when: 'now' | 'traffic-is-back'
}

export interface Answered {
  readonly facts: readonly Fact[]
  readonly leaving: Leaving | null
}

/** What each thing that was asked comes to. */
export function answer(plan: Plan, run: RunState, asked: readonly Ask[]): Answered {
  const living = unitsOf(plan).filter((unit) => !unitState(run, unit.id).ended)
  const facts: Fact[] = []
  let leaving: Leaving | null = null
  for (const ask of asked) {
    if (ask.verb === 'detach') leaving = { exit: exitCodes[ask.exit], when: 'now' }
    else if (ask.verb === 'leave') {
      leaving = { exit: exitCodes[ask.exit], when: 'traffic-is-back' }
      facts.push(...turn(run, living, ask.by))
    } else if (isElsewhere(run, living, ask)) facts.push(...missed(living, ask))
    else facts.push(...said(run, living, ask), ...effect(run, living, ask))
  }
  return { facts, leaving }
}

type Spoken = Exclude<Ask, { verb: 'leave' | 'detach' }>

const present = (run: RunState, unit: Unit): string | undefined =>
  stageNow({ unit, state: unitState(run, unit.id) })?.id

/** It names a stage that the release has left, or not come to: nobody may say yes to what they have not seen. */
const isElsewhere = (run: RunState, living: readonly Unit[], ask: Spoken): boolean =>
  ask.verb === 'promote' && ask.stage !== undefined && !living.some((unit) => present(run, unit) === ask.stage)

const missed = ([first]: readonly Unit[], { by, ...ask }: Spoken): Fact[] => {
  const because = `${by} promoted ${'stage' in ask ? ask.stage : ''}, which is not the present stage: nothing was done`
  return first ? [{ type: 'warned', unit: first.id, because }] : []
}

/** `promote` is for one stage: the one that was named, else the one that waits for somebody. */
function said(run: RunState, living: readonly Unit[], ask: Spoken): Fact[] {
  const waiting = living.find((unit) => unitState(run, unit.id).paused?.cause === 'human') ?? living[0]
  const stage = ask.verb === 'promote' ? (ask.stage ?? (waiting && present(run, waiting))) : undefined
  const reason = 'reason' in ask ? ask.reason : undefined
  return [
    {
      type: 'asked',
      verb: ask.verb,
      by: ask.by,
      ...(stage !== undefined && { stage }),
      ...(reason !== undefined && { reason }),
    },
  ]
}

function effect(run: RunState, living: readonly Unit[], ask: Spoken): Fact[] {
  const paused = living.filter((unit) => unitState(run, unit.id).paused).map(({ id }) => id)
  const resumed: Fact[] = paused.length > 0 ? [{ type: 'resumed', units: paused, by: ask.by }] : []
  switch (ask.verb) {
    case 'abort':
      return abort(run, living, ask.by, ask.reason)
    case 'pause': {
      const units = living.filter((unit) => !unitState(run, unit.id).paused).map(({ id }) => id)
      return units.length > 0 ? [{ type: 'paused', units, cause: 'asked', why: `asked by ${ask.by}` }] : []
    }
    case 'resume':
      return resumed
    case 'promote':
      return resumed
  }
}

/** Who says so while it is paused has agreed that the way back writes over what somebody else changed. */
function abort(run: RunState, living: readonly Unit[], by: string, reason: string | undefined): Fact[] {
  const paused = living.filter(
    (unit) => unitState(run, unit.id).paused && !passedReturn({ unit, state: unitState(run, unit.id) }),
  )
  const agreed: Fact[] = paused.length > 0 ? [{ type: 'resumed', units: paused.map(({ id }) => id), by }] : []
  return [...agreed, ...turn(run, living, `aborted by ${by}${reason ? `: ${reason}` : ''}`)]
}

/** Those that can still go back do; what is past its way back is left to finish. */
function turn(run: RunState, living: readonly Unit[], why: string): Fact[] {
  const units = living.filter((unit) => {
    const state = unitState(run, unit.id)
    return state.way === 'forward' && !passedReturn({ unit, state }) && stageNow({ unit, state }) !== undefined
  })
  return units.length > 0
    ? [{ type: 'turned', units: units.map(({ id }) => id), to: 'back', why, cause: 'no-verdict' }]
    : []
}
