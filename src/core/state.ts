import type { Entry, Outcome, PauseCause, Receipt, TurnCause, Way } from './journal.ts'
import { type Json, same } from './json.ts'
import { type Plan, unitsOf } from './plan.ts'
import type { Millis } from './time.ts'
import type { Answer } from './verdict.ts'

/** Where a run stands: nothing but its journal, read from the start. */
export interface RunState {
  readonly run: string
  readonly opened: Millis
  readonly epoch: number
  /** When the present driver took over: soaks and deadlines start again from here. */
  readonly attached: Millis
  readonly last: Millis
  readonly units: ReadonlyMap<string, UnitState>
  /** Somebody said that no soak is waited for any more. */
  readonly hurried: boolean
  readonly exit: number | null
}

export interface UnitState {
  readonly way: 'forward' | 'back' | 'frozen'
  readonly turn: {
    readonly why: string
    readonly cause: TurnCause
    readonly at: Millis
    /** The step that can't be undone and that the way back goes past. */
    readonly past?: string
  } | null
  /** Past its way back it failed, and a human has said that it goes on all the same. */
  readonly overruled: boolean
  readonly paused: { readonly why: string; readonly cause: PauseCause; readonly at: Millis } | null
  readonly resumed: Millis
  /** When nothing could be measured; `to: null` while it is so. */
  readonly blind: readonly { readonly from: Millis; readonly to: Millis | null }[]
  readonly steps: ReadonlyMap<string, StepState>
  readonly stages: ReadonlyMap<string, StageState>
  /** Drift that was found: a human who resumes after it has agreed that our value is written again. */
  readonly drifts: readonly Drift[]
  readonly ended: { readonly outcome: Outcome; readonly because: string; readonly at: Millis } | null
}

export interface StepState {
  readonly phase: 'intended' | 'sent' | 'refused' | 'settled'
  readonly way: Way
  readonly epoch: number
  /** Epoch of the driver that intended it first. */
  readonly begunBy: number
  readonly since: Millis
  readonly at: Millis
  readonly attempts: number
  readonly receipt?: Receipt
  readonly refusal?: { readonly code: string; readonly because: string; readonly retry: boolean }
}

export interface StageState {
  readonly answer: Answer
  readonly because: string
  readonly at: Millis
  readonly promoted: boolean
}

export interface Drift {
  readonly object: string
  readonly path: string
  readonly now: Json
  readonly action: 'reassert' | 'pause'
  /** How often this field was written over already, since a human last said `resume`. */
  readonly times: number
  /** A human has said `resume` since. */
  readonly agreed: boolean
}

const fresh: UnitState = {
  way: 'forward',
  turn: null,
  overruled: false,
  paused: null,
  resumed: 0,
  blind: [],
  steps: new Map(),
  stages: new Map(),
  drifts: [],
  ended: null,
}

export const unitState = (state: RunState, unit: string): UnitState => state.units.get(unit) ?? fresh

export function stateOf(plan: Plan): RunState {
  const units = new Map(unitsOf(plan).map(({ id }) => [id, fresh] as const))
  return { run: '', opened: 0, epoch: 0, attached: 0, last: 0, units, hurried: false, exit: null }
}

export const fold = (state: RunState, entries: readonly Entry[]): RunState => entries.reduce(step, state)

function step(state: RunState, entry: Entry): RunState {
  const next = { ...state, epoch: entry.epoch, last: Math.max(state.last, entry.at) }
  switch (entry.type) {
    case 'opened':
      return { ...next, run: entry.run, opened: entry.at, attached: entry.at }
    case 'attached':
      return { ...next, attached: entry.at }
    case 'closed':
      return { ...next, exit: entry.exit }
    case 'warned':
      return next
    case 'asked':
      return asked(next, entry)
    case 'turned':
      return over(next, entry.units, (unit) => ({
        ...unit,
        way: entry.to,
        turn: {
          why: entry.why,
          cause: entry.cause,
          at: entry.at,
          ...(entry.past !== undefined && { past: entry.past }),
        },
        paused: null,
      }))
    case 'paused':
      return over(next, entry.units, (unit) => ({
        ...unit,
        paused: { why: entry.why, cause: entry.cause, at: entry.at },
      }))
    case 'resumed':
      return over(next, entry.units, (unit) => ({
        ...unit,
        ...(unit.way === 'frozen' && { way: 'forward', turn: null, overruled: true }),
        paused: null,
        resumed: entry.at,
        drifts: unit.drifts.map((drift) => ({ ...drift, agreed: true, times: 0 })),
      }))
    default:
      return over(next, [entry.unit], (unit) => ofUnit(unit, entry))
  }
}

const over = (state: RunState, ids: readonly string[], change: (unit: UnitState) => UnitState): RunState => {
  const units = new Map(state.units)
  for (const id of ids) units.set(id, change(unitState(state, id)))
  return { ...state, units }
}

type UnitEntry = Extract<Entry, { readonly unit: string }>

function ofUnit(unit: UnitState, entry: UnitEntry): UnitState {
  switch (entry.type) {
    case 'intended':
    case 'sent':
    case 'refused':
    case 'settled':
      return { ...unit, steps: new Map(unit.steps).set(entry.step, stepAfter(unit.steps.get(entry.step), entry)) }
    case 'judged': {
      const promoted = unit.stages.get(entry.stage)?.promoted ?? false
      const { answer, because, at } = entry
      return { ...unit, stages: new Map(unit.stages).set(entry.stage, { answer, because, at, promoted }) }
    }
    case 'drifted': {
      const before = unit.drifts.find((drift) => drift.object === entry.object && drift.path === entry.path)
      const times = (before?.times ?? 0) + (entry.action === 'reassert' ? 1 : 0)
      const drift = {
        object: entry.object,
        path: entry.path,
        now: entry.now,
        action: entry.action,
        times,
        // Writing over what was agreed on doesn't use the agreement up: the write may be refused and tried again.
        agreed: entry.action === 'reassert' && before?.agreed === true && same(before.now, entry.now),
      }
      return { ...unit, drifts: [...unit.drifts.filter((other) => other !== before), drift] }
    }
    case 'ended':
      return { ...unit, ended: { outcome: entry.outcome, because: entry.because, at: entry.at } }
    case 'warned':
      return unit
    case 'provider': {
      const closed = unit.blind.map((one) => ({ ...one, to: one.to ?? entry.at }))
      return { ...unit, blind: entry.up ? closed : [...closed, { from: entry.since, to: null }] }
    }
  }
}

type StepEntry = Extract<Entry, { readonly way: Way }>

function stepAfter(before: StepState | undefined, entry: StepEntry): StepState {
  const { at, epoch, way } = entry
  const { since = at, attempts = 0, begunBy = epoch } = before ?? {}
  const common = { way, epoch, begunBy, since, at, attempts }
  switch (entry.type) {
    case 'intended':
      return { ...common, phase: 'intended', attempts: attempts + 1 }
    case 'sent':
      return { ...common, phase: 'sent', receipt: entry.receipt }
    case 'refused': {
      const { code, because, retry } = entry
      return { ...common, phase: 'refused', refusal: { code, because, retry } }
    }
    case 'settled':
      return { ...common, phase: 'settled', ...(before?.receipt && { receipt: before.receipt }) }
  }
}

function asked(state: RunState, entry: Entry & { readonly type: 'asked' }): RunState {
  if (entry.verb !== 'promote') return state
  const { stage, full = false } = entry
  const hurried = { ...state, hurried: state.hurried || full }
  if (stage === undefined) return hurried
  return over(hurried, [...state.units.keys()], (unit) => {
    // There the yes is for what may have been done, and says nothing about the stage.
    if (unit.paused?.cause === 'unknown-outcome') return unit
    const { answer, because } = unit.stages.get(stage) ?? { answer: 'pending', because: 'promoted' }
    return { ...unit, stages: new Map(unit.stages).set(stage, { answer, because, at: entry.at, promoted: true }) }
  })
}
