import { type ExitCode, exitCodes } from '../core/errors.ts'
import type { Fact, PauseCause } from '../core/journal.ts'
import { stageNow } from '../core/next/stages.ts'
import { passedReturn } from '../core/next/turn.ts'
import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import { type RunState, unitState } from '../core/state.ts'
import type { Answer, Ask } from './asks.ts'

/** The driver leaves with the run open: `now`, or when no request goes to the new pods any more. */
export interface Leaving {
  readonly exit: ExitCode
  readonly when: 'now' | 'traffic-is-back'
  /** For the last line, where the exit code does not say it. */
  readonly why?: string
}

export interface Answered {
  readonly facts: readonly Fact[]
  readonly leaving: Leaving | null
  /** For those who asked from elsewhere. */
  readonly answers: readonly Answer[]
}

/** What each thing that was asked comes to. */
export function answer(plan: Plan, run: RunState, asked: readonly Ask[]): Answered {
  const living = unitsOf(plan).filter((unit) => !unitState(run, unit.id).ended)
  const facts: Fact[] = []
  const answers: Answer[] = []
  let leaving: Leaving | null = null
  for (const ask of asked) {
    if (ask.verb === 'detach') leaving = { exit: exitCodes[ask.exit], when: 'now' }
    else if (ask.verb === 'lost') leaving = { exit: exitCodes.locked, when: 'now', why: ask.by }
    else if (ask.verb === 'leave') {
      leaving = { exit: exitCodes[ask.exit], when: 'traffic-is-back' }
      facts.push(...turn(run, living, ask.by))
    } else {
      const refused = ask.verb === 'warn' ? ask.because : objection(plan, run, ask)
      if (refused === null) facts.push(...said(run, living, ask as Spoken), ...effect(run, living, ask as Spoken))
      else facts.push(...missed(plan, ask, refused))
      if (ask.id !== undefined) answers.push({ id: ask.id, ...(refused !== null && { refused }) })
    }
  }
  return { facts, leaving, answers }
}

type Spoken = Exclude<Ask, { verb: 'leave' | 'detach' | 'lost' | 'warn' }>

const present = (run: RunState, unit: Unit): string | undefined =>
  stageNow({ unit, state: unitState(run, unit.id) })?.id

/** Why nothing is done about it; `null`: it is done. */
export function objection(
  plan: Plan,
  run: RunState,
  ask: Pick<Spoken, 'verb'> & { readonly stage?: string },
): string | null {
  const living = unitsOf(plan).filter((unit) => !unitState(run, unit.id).ended)
  // Nobody may say yes to what they have not seen.
  if (ask.verb === 'promote' && ask.stage !== undefined && !living.some((unit) => present(run, unit) === ask.stage)) {
    const stages = [...new Set(living.map((unit) => present(run, unit) ?? 'its end'))]
    return `${ask.stage} is not the present stage, ${stages.join(' and ')} is: nothing was done`
  }
  if (ask.verb === 'retry' && failedOnes(run, living).length === 0)
    return 'nothing failed that could be tried again: nothing was done'
  return null
}

/** What stopped a unit by failing: not a human's own pause, nor one that waits for a human's yes. */
const failures: ReadonlySet<PauseCause> = new Set([
  'finish',
  'back-stuck',
  'unknown-outcome',
  'provider',
  'inconclusive',
])

const failedOnes = (run: RunState, living: readonly Unit[]): readonly Unit[] =>
  living.filter(({ id }) => {
    const { paused } = unitState(run, id)
    return paused !== null && failures.has(paused.cause)
  })

function missed(plan: Plan, ask: Ask, refused: string): Fact[] {
  const unit = ('unit' in ask ? ask.unit : undefined) ?? unitsOf(plan)[0]?.id
  const because = ask.verb === 'warn' ? refused : `${ask.by} asked for ${ask.verb}: ${refused}`
  return unit === undefined ? [] : [{ type: 'warned', unit, because }]
}

/** `promote` is for one stage: the one that was named, else the one that waits for somebody. */
function said(run: RunState, living: readonly Unit[], ask: Spoken): Fact[] {
  const waiting = living.find((unit) => unitState(run, unit.id).paused?.cause === 'human') ?? living[0]
  const stage = ask.verb === 'promote' ? (ask.stage ?? (waiting && present(run, waiting))) : undefined
  const { reason, id } = ask
  return [
    {
      type: 'asked',
      verb: ask.verb,
      by: ask.by,
      ...(stage !== undefined && { stage }),
      ...(ask.verb === 'promote' && ask.full === true && { full: true }),
      ...(id !== undefined && { id }),
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
    case 'retry':
      return [{ type: 'resumed', units: failedOnes(run, living).map(({ id }) => id), by: ask.by }]
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
