import type { Draft } from '../draft.ts'
import type { Json } from '../json.ts'
import type { Ref } from '../kinds.ts'
import type { Deployment, StatefulSet } from '../objects.ts'
import type { Action, BackStep, Expectation, Gate, Hook, Mutation, Seen, Stage, Step } from '../plan.ts'
import type { BoundRouter, StepDraft } from '../router.ts'
import { minute, type Millis } from '../time.ts'

export interface UnitHooks {
  readonly before: readonly Hook[]
  readonly 'before-traffic': readonly Hook[]
  readonly 'after-weight': readonly Hook[]
  readonly after: readonly Hook[]
  readonly 'on-rollback': readonly Hook[]
}

/** All that the moves of one unit are made from. */
export interface MoveContext {
  readonly service: string
  readonly namespace: string
  readonly workload: Ref
  readonly object: Deployment | StatefulSet
  readonly draft: Draft
  readonly seen: Seen
  readonly templates: { readonly stable: Json; readonly new: Json }
  readonly router: BoundRouter | null
  /** Our Service beside the stable one: `web-canary`. */
  readonly secondary: string
  /** Services whose selector matches the pods, pinned while both versions run. */
  readonly pins: readonly Ref[]
  readonly budgets: readonly Ref[]
  readonly autoscaler: Ref | null
  readonly hooks: UnitHooks
  /** For people: what the run is about, without who or when. */
  readonly title: string
  readonly deadline: Millis
  readonly allowedBad: number
}

/**
 * What a strategy builds a plan from, called in the order of the plan: each move knows what the ones before it have
 * written.
 */
export interface Moves {
  /** Locks, pins and the first new pods (percent of the live replicas); no request reaches them yet. */
  prepare(surge: number): Stage
  /** That many percent of new pods, Ready. */
  surge(percent: number): Step[]
  /** That many percent of requests to the new pods. */
  shift(weight: number): Step[]
  /** Rolling: new pods take the place of old ones up to that many percent. */
  batch(percent: number): Step[]
  /** Rolling: the last old pods go, and the workload's fields are the user's again. */
  settle(): Step[]
  stage(id: string, title: string, steps: readonly Step[], more?: StageOptions): Stage
  /** Names move to the pods that were judged, old pods drain, every field is as it was. */
  finish(): Stage[]
  hooks(event: keyof UnitHooks, stage: string): Step[]
  back(stages: readonly Stage[]): BackStep[]
  /** What is gone before that by whoever goes back past a step that can't be undone. */
  past(stages: readonly Stage[]): BackStep[]
}

export interface StageOptions {
  readonly soak?: Millis
  readonly weight?: number
  readonly waitsFor?: 'human'
  readonly otherwise?: 'back' | 'pause'
  readonly gates?: readonly Gate[]
}

export const stageOf = (
  { deadline, allowedBad }: MoveContext,
  id: string,
  title: string,
  steps: readonly Step[],
  { soak = 0, weight, waitsFor, otherwise = 'back', gates = [{ kind: 'pods', allowedBad }] }: StageOptions = {},
): Stage => ({
  id,
  title,
  steps: steps.map((step) => ({ ...step, id: `${id}.${step.id}` })),
  gates,
  soak,
  deadline,
  otherwise,
  ...(weight !== undefined && { weight }),
  ...(waitsFor && { waitsFor }),
})

export const stepOf = (draft: StepDraft, undo: Step['undo'] = 'back'): Step => ({ ...draft, undo })

export const asserted = (mutation: Mutation, expect: Expectation, guard?: Expectation): Action => ({
  mutation,
  send: mutation.verb === 'create' ? 'create' : 'assert',
  expect,
  ...(guard && { guard }),
})

export const both = (...of: readonly Expectation[]): Expectation => ({ kind: 'all', of })

export const written: Expectation = { kind: 'written' }

/** The default for a stage's steps to settle. */
export const defaultDeadline = 10 * minute
