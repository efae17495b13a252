import type { History } from '../../judge/history.ts'
import type { Compared } from '../comparing.ts'
import type { Action, Plan, Unit } from '../plan.ts'
import type { Fact, Way } from '../journal.ts'
import type { RunState, UnitState } from '../state.ts'
import type { Millis } from '../time.ts'
import type { Verdict } from '../verdict.ts'
import type { View } from '../view.ts'

/** What was observed of one unit: its objects, and what the pod failure rules make of its pods. */
export interface UnitWorld {
  readonly view: View
  readonly health: Verdict
  /** When a pending confirmation of the health rules could become a verdict. */
  readonly healthWake: Millis | null
  /** What was measured; absent where nothing is. */
  readonly history?: History
  /** The new version beside stable; absent where it is not compared, or not yet. */
  readonly compared?: Compared
}

export type World = ReadonlyMap<string, UnitWorld>

export interface SendOrder {
  readonly unit: string
  readonly step: string
  readonly does: string
  readonly action: Action
  readonly way: Way
  /** It only keeps what the journal says already: nobody has to be told before. */
  readonly keeps?: true
}

/** What to note and what to send now; when to look again even if nothing happens. */
export interface Decision {
  readonly facts: readonly Fact[]
  readonly sends: readonly SendOrder[]
  readonly wake: Millis
  /** For screens: what each unit waits for. */
  readonly waiting: ReadonlyMap<string, string>
}

/** All that a decision about one unit is made from. */
export interface UnitCase {
  readonly plan: Plan
  readonly run: RunState
  readonly unit: Unit
  readonly state: UnitState
  readonly world: UnitWorld
  readonly now: Millis
}

export interface UnitDecision {
  readonly facts: readonly Fact[]
  readonly sends: readonly SendOrder[]
  readonly wake?: Millis
  readonly waiting?: string
}

export const idle: UnitDecision = { facts: [], sends: [] }
export const note = (...facts: readonly Fact[]): UnitDecision => ({ facts, sends: [] })
export const waitFor = (waiting: string, wake?: Millis): UnitDecision => ({
  facts: [],
  sends: [],
  waiting,
  ...(wake !== undefined && { wake }),
})

/** A step that failed and that nothing depends on: said, and gone past. */
export const passedOver = (unit: string, step: string, way: Way, because: string): UnitDecision =>
  note({ type: 'warned', unit, because }, { type: 'settled', unit, step, way })
