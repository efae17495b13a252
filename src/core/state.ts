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
  /** When the present driver took over. */
  readonly attached: Millis
  /**
   * Since when the present driver looks on without a gap: soaks and deadlines start again from here. A gap is no decision, so
   * only the driver itself knows of one.
   */
  readonly watched: Millis
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
  return { run: '', opened: 0, epoch: 0, attached: 0, watched: 0, last: 0, units, hurried: false, exit: null }
}

/** Where the run stands after these entries. A journal has thousands of them: what they change is copied once for all. */
export function fold(state: RunState, entries: readonly Entry[]): RunState {
  const draft = draftOf(state)
  for (const entry of entries) step(draft, entry)
  return draft.run
}

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends ReadonlyMap<infer Key, infer Value> ? Map<Key, Value> : T[K]
}

/** A state that is being made: nobody else has it yet, so it is changed in place. */
interface Draft {
  readonly run: Mutable<RunState>
  /** A unit of it: a copy from the first time on that it is asked for. */
  readonly unit: (id: string) => Mutable<UnitState>
}

function draftOf(state: RunState): Draft {
  const run = { ...state, units: new Map(state.units) }
  const copies = new Map<string, Mutable<UnitState>>()
  const copyOf = (id: string): Mutable<UnitState> => {
    const before = unitState(state, id)
    const copy = { ...before, steps: new Map(before.steps), stages: new Map(before.stages) }
    copies.set(id, copy)
    run.units.set(id, copy)
    return copy
  }
  return { run, unit: (id) => copies.get(id) ?? copyOf(id) }
}

function step(draft: Draft, entry: Entry): void {
  const { run, unit } = draft
  run.epoch = entry.epoch
  run.last = Math.max(run.last, entry.at)
  switch (entry.type) {
    case 'opened':
      run.run = entry.run
      run.opened = entry.at
      run.attached = entry.at
      run.watched = entry.at
      return
    case 'attached':
      run.attached = entry.at
      run.watched = entry.at
      return
    case 'closed':
      run.exit = entry.exit
      return
    case 'warned':
      return
    case 'asked':
      return asked(draft, entry)
    case 'turned':
      return entry.units.map(unit).forEach((one) => turned(one, entry))
    case 'paused': {
      const { why, cause, at } = entry
      for (const one of entry.units.map(unit)) one.paused = { why, cause, at }
      return
    }
    case 'resumed':
      return entry.units.map(unit).forEach((one) => resumed(one, entry.at))
    default:
      return ofUnit(unit(entry.unit), entry)
  }
}

type EntryOf<Type extends Entry['type']> = Extract<Entry, { readonly type: Type }>

function turned(unit: Mutable<UnitState>, { to, why, cause, at, past }: EntryOf<'turned'>): void {
  unit.way = to
  unit.turn = { why, cause, at, ...(past !== undefined && { past }) }
  unit.paused = null
}

function resumed(unit: Mutable<UnitState>, at: Millis): void {
  if (unit.way === 'frozen') Object.assign(unit, { way: 'forward', turn: null, overruled: true })
  unit.paused = null
  unit.resumed = at
  unit.drifts = unit.drifts.map((drift) => ({ ...drift, agreed: true, times: 0 }))
}

type UnitEntry = Exclude<Extract<Entry, { readonly unit: string }>, { readonly type: 'warned' }>

function ofUnit(unit: Mutable<UnitState>, entry: UnitEntry): void {
  switch (entry.type) {
    case 'intended':
    case 'sent':
    case 'refused':
    case 'settled':
      unit.steps.set(entry.step, stepAfter(unit.steps.get(entry.step), entry))
      return
    case 'judged': {
      const { stage, answer, because, at } = entry
      unit.stages.set(stage, { answer, because, at, promoted: unit.stages.get(stage)?.promoted ?? false })
      return
    }
    case 'drifted':
      return drifted(unit, entry)
    case 'ended':
      unit.ended = { outcome: entry.outcome, because: entry.because, at: entry.at }
      return
    case 'provider': {
      const closed = unit.blind.map((one) => ({ ...one, to: one.to ?? entry.at }))
      unit.blind = entry.up ? closed : [...closed, { from: entry.since, to: null }]
    }
  }
}

function drifted(unit: Mutable<UnitState>, { object, path, now, action }: EntryOf<'drifted'>): void {
  const before = unit.drifts.find((drift) => drift.object === object && drift.path === path)
  const times = (before?.times ?? 0) + (action === 'reassert' ? 1 : 0)
  // Writing over what was agreed on doesn't use the agreement up: the write may be refused and tried again.
  const agreed = action === 'reassert' && before?.agreed === true && same(before.now, now)
  unit.drifts = [...unit.drifts.filter((other) => other !== before), { object, path, now, action, times, agreed }]
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

function asked({ run, unit }: Draft, { verb, stage, units, full = false, at }: EntryOf<'asked'>): void {
  if (verb !== 'promote') return
  run.hurried ||= full
  if (stage === undefined) return
  for (const one of (units ?? [...run.units.keys()]).map(unit)) {
    // There the yes is for what may have been done, and says nothing about the stage.
    if (one.paused?.cause === 'unknown-outcome') continue
    const { answer, because } = one.stages.get(stage) ?? { answer: 'pending', because: 'promoted' }
    one.stages.set(stage, { answer, because, at, promoted: true })
  }
}
