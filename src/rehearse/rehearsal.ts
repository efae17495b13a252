import type { ExitCode } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { Millis } from '../core/time.ts'

/** What would have happened: the plan, run on a simulated copy of what was seen, without a fault and with each. */
export interface Rehearsal {
  readonly plan: Plan
  readonly hash: string
  readonly seed: number
  /** What was taken for granted, because nothing that was seen says it. */
  readonly assumed: readonly string[]
  /** Where the simulated world is not the real one, of what this plan touches. */
  readonly notModelled: readonly string[]
  readonly good: GoodRun
  /** Those that were tried, in their order. */
  readonly faults: readonly { readonly name: string; readonly says: string }[]
  readonly outcomes: readonly Outcome[]
}

/** Whatever was tried, requests are answered in the end or somebody was told. */
export const isSafe = ({ good, outcomes }: Pick<Rehearsal, 'good' | 'outcomes'>): boolean =>
  [good, ...outcomes].every(({ ending }) => ending.answer === 'safe')

/** What was counted in one run, whatever became of it. */
export interface Figures {
  /** Until the tool was done. */
  readonly took: Millis
  /** Requests that failed beyond those that fail every day, of how many. */
  readonly failed: number
  readonly requests: number
  /** Of the unit that came lowest: Ready pods, of how many that are asked for. */
  readonly lowestReady: number
  readonly wanted: number
  /** Of the unit that had most: pods at the same time. */
  readonly peakPods: number
}

export interface GoodRun extends Figures {
  readonly ending: Ending
  readonly units: readonly UnitRun[]
}

/** The run of one unit, in times since the run began. */
export interface UnitRun {
  readonly unit: string
  readonly stages: readonly StageRun[]
  readonly samples: readonly Sample[]
}

export interface StageRun {
  readonly id: string
  readonly title: string
  readonly from: Millis
  readonly to: Millis
}

/** What a unit looked like from this moment on. */
export interface Sample {
  readonly at: Millis
  /** Share of requests that new pods got, from 0 to 1. */
  readonly toNew: number
  /** Share of requests that failed. */
  readonly failing: number
  readonly ready: number
  readonly pods: number
}

/** How a run ended. */
export interface Ending {
  readonly exit: ExitCode | null
  /** `unsafe`: somebody has to do something, or would have to if they knew. */
  readonly answer: 'safe' | 'unsafe'
  readonly word: EndingWord
  readonly because: string
}

export type EndingWord =
  /** Every request goes to the new pods, and they are well. */
  | 'released'
  /** Released with its fault, which the plan allows. */
  | 'within limits'
  /** Released with its fault. */
  | 'not found'
  /** Every request goes to the old pods, and they are well. */
  | 'taken back'
  | 'paused'
  | 'human needed'
  /** It ended well by its own account, and the world is not as it says. */
  | 'wrong'
  /** The simulated world can't say. */
  | 'not modelled'

/** One fault that began at one stage. */
export interface Outcome extends Figures {
  readonly fault: string
  readonly stage: Place
  readonly ending: Ending
  /**
   * From the fault until no request went to new pods any more, or until the pause was said; `null` where the release went
   * on or never came to be safe.
   */
  readonly safeAfter: Millis | null
  /** Old pods that were restarted or made again although the old version serves; `null` where it does not. */
  readonly stableRestarts: number | null
}

/** A stage of a wave; all units of a wave have the same. */
export interface Place {
  readonly wave: string
  readonly id: string
  readonly title: string
}
