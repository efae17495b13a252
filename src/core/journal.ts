import type { Json } from './json.ts'
import type { Millis } from './time.ts'
import type { Answer } from './verdict.ts'

/** What the world said when it took a mutation. */
export interface Receipt {
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly exitCode?: number
}

export type Way = 'forward' | 'back'
/** How a unit may end. */
export const outcomes = ['done', 'verified', 'taken-back', 'left-paused', 'superseded'] as const
export type Outcome = (typeof outcomes)[number]

/** What was decided and done; samples are not decisions and stay out. */
export type Fact =
  | {
      readonly type: 'opened'
      readonly run: string
      readonly plan: string
      readonly by: string
      readonly host: string
      readonly reason?: string
    }
  | { readonly type: 'attached'; readonly by: string; readonly host: string; readonly pid: number }
  | {
      readonly type: 'asked'
      readonly verb: 'pause' | 'resume' | 'promote' | 'abort' | 'retry'
      readonly stage?: string
      /** `promote`: those that were at this stage. Without it, of a run that an earlier version began: all. */
      readonly units?: readonly string[]
      /** `abort`: back past this step, which can't be undone. */
      readonly past?: string
      /** `promote`: all soaks that are left are skipped. */
      readonly full?: boolean
      /** It came from another process, which waits for an answer. */
      readonly id?: string
      readonly by: string
      readonly reason?: string
    }
  | {
      readonly type: 'intended'
      readonly unit: string
      readonly step: string
      readonly way: Way
      readonly body: string
    }
  | {
      readonly type: 'sent'
      readonly unit: string
      readonly step: string
      readonly way: Way
      readonly receipt: Receipt
    }
  | {
      readonly type: 'refused'
      readonly unit: string
      readonly step: string
      readonly way: Way
      readonly code: string
      readonly because: string
      readonly retry: boolean
    }
  | { readonly type: 'settled'; readonly unit: string; readonly step: string; readonly way: Way }
  /** A stage's gates: written when the answer changes, and at the stage's end. */
  | {
      readonly type: 'judged'
      readonly unit: string
      readonly stage: string
      readonly answer: Answer
      readonly because: string
      readonly evidence?: readonly string[]
    }
  /** Someone else changed what the run rests on. */
  | {
      readonly type: 'drifted'
      readonly unit: string
      readonly object: string
      readonly path: string
      readonly was: Json
      readonly now: Json
      readonly who: string
      readonly action: 'reassert' | 'pause'
    }
  | {
      readonly type: 'turned'
      readonly units: readonly string[]
      readonly to: 'back' | 'frozen'
      readonly why: string
      readonly cause: TurnCause
      /** The step that can't be undone and that a human goes back past all the same. */
      readonly past?: string
    }
  | { readonly type: 'paused'; readonly units: readonly string[]; readonly why: string; readonly cause: PauseCause }
  | { readonly type: 'resumed'; readonly units: readonly string[]; readonly by: string }
  | { readonly type: 'warned'; readonly unit: string; readonly because: string }
  /** The source of figures can't be read since `since`, or can be read again: soaks stand still in between. */
  | {
      readonly type: 'provider'
      readonly unit: string
      readonly up: boolean
      readonly since: Millis
      readonly because: string
    }
  /** A unit has nothing left to do. */
  | { readonly type: 'ended'; readonly unit: string; readonly outcome: Outcome; readonly because: string }
  /** The run is over; nothing is driven any more. */
  | { readonly type: 'closed'; readonly exit: number; readonly outcome: string }

/** `failed`: a gate said so. `no-verdict`: an abort, a signal, an error of ours. */
export const turnCauses = ['failed', 'no-verdict'] as const
export type TurnCause = (typeof turnCauses)[number]

export const pauseCauses = [
  'human',
  'drift',
  'environment',
  'inconclusive',
  'provider',
  'finish',
  'asked',
  'unknown-outcome',
  'back-stuck',
] as const
export type PauseCause = (typeof pauseCauses)[number]

export interface Stamp {
  readonly seq: number
  readonly at: Millis
  /** Counts the drivers of this run, from 1. */
  readonly epoch: number
  /** sha256 of the entry before, as canonical JSON; the plan's hash for the first. */
  readonly prev: string
}

export type Entry = Stamp & Fact
