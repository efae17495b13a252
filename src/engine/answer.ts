import { type ExitCode, exitCodes } from '../core/errors.ts'
import type { Entry, Fact, PauseCause } from '../core/journal.ts'
import { stageNow } from '../core/next/stages.ts'
import { unknownOutcomes } from '../core/next/step.ts'
import { passedReturn, pointPassed } from '../core/next/turn.ts'
import { waitingUnit } from '../core/next/waiting.ts'
import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import { fold, type RunState, unitState } from '../core/state.ts'
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
  const facts: Fact[] = []
  const answers: Answer[] = []
  let leaving: Leaving | null = null
  for (const ask of asked) {
    // What came before it counts, although it came in the same moment.
    const now = afterwards(run, facts)
    const living = unitsOf(plan).filter((unit) => !unitState(now, unit.id).ended)
    if (ask.verb === 'detach') leaving = { exit: exitCodes[ask.exit], when: 'now' }
    else if (ask.verb === 'lost') leaving = { exit: exitCodes.locked, when: 'now', why: ask.by }
    else if (ask.verb === 'leave') {
      leaving = { exit: exitCodes[ask.exit], when: 'traffic-is-back' }
      facts.push(...turn(now, living, ask.by))
    } else {
      const refused = ask.verb === 'warn' ? ask.because : objection(plan, now, ask)
      if (refused === null) facts.push(...done(plan, now, living, ask as Spoken))
      else facts.push(...missed(plan, ask, refused))
      if (ask.id !== undefined) answers.push({ id: ask.id, ...(refused !== null && { refused }) })
    }
  }
  return { facts, leaving, answers }
}

/** The state that these facts will make once they are entries. */
const afterwards = (run: RunState, facts: readonly Fact[]): RunState =>
  facts.length === 0
    ? run
    : fold(
        run,
        facts.map((fact): Entry => ({ ...fact, seq: 0, prev: '', epoch: run.epoch, at: run.last })),
      )

type Spoken = Exclude<Ask, { verb: 'leave' | 'detach' | 'lost' | 'warn' }>

const present = (run: RunState, unit: Unit): string | undefined =>
  stageNow({ unit, state: unitState(run, unit.id) })?.id

/** Why nothing is done about it; `null`: it is done. */
export function objection(
  plan: Plan,
  run: RunState,
  ask: Pick<Spoken, 'verb'> & { readonly stage?: string } & Abort,
): string | null {
  const living = unitsOf(plan).filter((unit) => !unitState(run, unit.id).ended)
  if (
    (ask.verb === 'pause' || ask.verb === 'promote') &&
    living.length > 0 &&
    living.every((unit) => onItsWayBack(run, unit))
  )
    return ask.verb === 'pause'
      ? 'it goes back, and users are better off the sooner it is there: the way back is not paused'
      : 'it goes back, and nobody may say yes to what failed'
  // Nobody may say yes to what they have not seen.
  if (ask.verb === 'promote' && ask.stage !== undefined && !living.some((unit) => present(run, unit) === ask.stage)) {
    const stages = [...new Set(living.map((unit) => present(run, unit) ?? 'its end'))]
    return `${ask.stage} is not the present stage, ${stages.join(' and ')} is: nothing was done`
  }
  if (ask.verb === 'abort') return noWayBack(run, living, ask)
  if (ask.verb === 'promote' && living.length > 0 && living.every(({ id }) => unitState(run, id).way === 'frozen'))
    return 'it is frozen, and nobody may say yes to what failed: resume goes on all the same'
  if (ask.verb === 'retry' && failedOnes(run, living).length === 0)
    return 'nothing failed that could be tried again: nothing was done'
  return null
}

interface Abort {
  readonly past?: string
  readonly reason?: string
}

/** Why an abort takes nothing back; `null`: it does, or a way back goes on that had stopped or that nobody drove. */
function noWayBack(run: RunState, living: readonly Unit[], { past, reason }: Abort): string | null {
  const points = [...new Set(passed(run, living).map(({ point }) => point))]
  const [point] = points
  if (past !== undefined) {
    if (point === undefined) return 'no unit is past a step that can’t be undone: abort without --past takes it back'
    if (!points.includes(past))
      return `the step that was passed is ${points.join(' and ')}, not ${past}: nothing was done`
    return reason === undefined || reason.trim() === ''
      ? `going back past ${past} needs a --reason: nothing was done`
      : null
  }
  if (living.some((unit) => isGoingBack(run, unit)) || turning(run, living).length > 0) return null
  if (point !== undefined)
    return `it is past ${point}, which can’t be undone: with --past ${point} and a --reason it goes back all the same`
  return 'nothing is left to take back'
}

/** And has not stopped there: what waits for a human may be paused, and said yes to, as anywhere. */
const onItsWayBack = (run: RunState, unit: Unit): boolean => isGoingBack(run, unit) && !unitState(run, unit.id).paused

const isGoingBack = (run: RunState, { id }: Unit): boolean => unitState(run, id).way === 'back'

/** Units that only a human takes back, each with the step that can't be undone. */
const passed = (run: RunState, living: readonly Unit[]): readonly { readonly unit: Unit; readonly point: string }[] =>
  living.flatMap((unit) => {
    const point = isGoingBack(run, unit) ? undefined : pointPassed({ unit, state: unitState(run, unit.id) })?.id
    return point === undefined ? [] : [{ unit, point }]
  })

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

/** What is noted of it: that it was said, and what it does. */
function done(plan: Plan, run: RunState, living: readonly Unit[], ask: Spoken): Fact[] {
  const stage = ask.verb === 'promote' ? (ask.stage ?? stageMeant(plan, run, living)) : undefined
  // Nobody may say yes to what they have not seen: another unit that comes to this stage later soaks, and asks, by itself.
  const meant = living.filter((unit) => stage !== undefined && present(run, unit) === stage)
  const { reason, id } = ask
  const said: Fact = {
    type: 'asked',
    verb: ask.verb,
    by: ask.by,
    ...(stage !== undefined && { stage, units: meant.map((unit) => unit.id) }),
    ...(ask.verb === 'abort' && ask.past !== undefined && { past: ask.past }),
    ...(ask.verb === 'promote' && ask.full === true && { full: true }),
    ...(id !== undefined && { id }),
    ...(reason !== undefined && { reason }),
  }
  return [said, ...effect(run, ask.verb === 'promote' ? meant : living, ask)]
}

/** `promote` is for one stage: where none is named, that of the unit that waits. */
function stageMeant(plan: Plan, run: RunState, living: readonly Unit[]): string | undefined {
  const unit = waitingUnit(plan, run) ?? living[0]
  return unit && present(run, unit)
}

function effect(run: RunState, living: readonly Unit[], ask: Spoken): Fact[] {
  const stands = ({ id }: Unit): boolean => unitState(run, id).paused !== null
  const paused = living.filter(stands).map(({ id }) => id)
  const resumed: Fact[] = paused.length > 0 ? [{ type: 'resumed', units: paused, by: ask.by }] : []
  switch (ask.verb) {
    case 'abort':
      return abort(run, living, ask)
    case 'pause': {
      const units = living.filter((unit) => !stands(unit) && !isGoingBack(run, unit)).map(({ id }) => id)
      return units.length > 0 ? [{ type: 'paused', units, cause: 'asked', why: `asked by ${ask.by}` }] : []
    }
    case 'resume': {
      // Of what is frozen, too: whoever says so has agreed that it goes on although it fails.
      const units = living
        .filter((unit) => stands(unit) || unitState(run, unit.id).way === 'frozen')
        .map(({ id }) => id)
      return units.length > 0 ? [{ type: 'resumed', units, by: ask.by }] : []
    }
    case 'promote':
      return [...living.flatMap((unit) => sworn(run, unit)), ...resumed]
    case 'retry':
      return [{ type: 'resumed', units: failedOnes(run, living).map(({ id }) => id), by: ask.by }]
  }
}

/** What nobody could look at, a human has: it was done, so it is not done again. */
function sworn(run: RunState, unit: Unit): Fact[] {
  const state = unitState(run, unit.id)
  if (state.paused?.cause !== 'unknown-outcome') return []
  return unknownOutcomes({ unit, state, run }).map((step) => ({
    type: 'settled',
    unit: unit.id,
    step,
    way: state.steps.get(step)?.way ?? 'forward',
  }))
}

/** Who says so while it is paused has agreed that the way back writes over what somebody else changed. */
function abort(run: RunState, living: readonly Unit[], { by, reason, past }: Spoken & Abort): Fact[] {
  const why = `aborted by ${by}${reason ? `: ${reason}` : ''}`
  const across = passed(run, living).filter(({ point }) => point === past)
  const paused = living.filter(
    (unit) =>
      unitState(run, unit.id).paused &&
      (!passedReturn({ unit, state: unitState(run, unit.id) }) || isGoingBack(run, unit)),
  )
  const agreed: Fact[] = paused.length > 0 ? [{ type: 'resumed', units: paused.map(({ id }) => id), by }] : []
  return [...agreed, ...turn(run, living, why), ...acrossThePoint(run, across, why)]
}

function acrossThePoint(run: RunState, across: ReturnType<typeof passed>, why: string): Fact[] {
  return across.map(({ unit: { id }, point }) => ({
    type: 'turned',
    units: [id],
    to: 'back',
    why,
    // What was frozen had failed before somebody took it back.
    cause: unitState(run, id).way === 'frozen' ? 'failed' : 'no-verdict',
    past: point,
  }))
}

/** Those that can still go back do; what is past its way back is left to finish. */
function turn(run: RunState, living: readonly Unit[], why: string): Fact[] {
  const units = turning(run, living).map(({ id }) => id)
  return units.length > 0 ? [{ type: 'turned', units, to: 'back', why, cause: 'no-verdict' }] : []
}

const turning = (run: RunState, living: readonly Unit[]): readonly Unit[] =>
  living.filter((unit) => {
    const state = unitState(run, unit.id)
    return state.way === 'forward' && !passedReturn({ unit, state }) && stageNow({ unit, state }) !== undefined
  })
