import { withValue } from './json.ts'
import type { Ref } from './kinds.ts'
import { manualOf } from './manual.ts'
import type { MoveContext, Moves } from './moves/context.ts'
import { emergency } from './moves/emergency.ts'
import { heldSurge } from './moves/held-surge.ts'
import { undoName } from './moves/prepare.ts'
import { partitions } from './moves/stateful.ts'
import type { BackStep, Stage, Unit } from './plan.ts'
import type { Strategy } from './strategy.ts'

export interface UnitInput {
  readonly id: string
  readonly cluster: string
  readonly context: MoveContext
  readonly strategy: Strategy
  /** As the strategy's own schema gave them back. */
  readonly options: unknown
  readonly emergency: boolean
}

/** One unit of a plan: the strategy's stages, and the way back from each of them. */
export function compileUnit({ id, cluster, context, strategy, options, emergency: hurry }: UnitInput): Unit {
  const { stages, back } = hurry ? emergency(context) : byStrategy(context, strategy, options)
  const manual = manualOf(context.namespace, back)
  return {
    id,
    cluster,
    namespace: context.namespace,
    workload: context.workload,
    seen: context.seen,
    stages: stages.map((stage) => ({
      ...stage,
      steps: stage.steps.map((step) => withUndoText(step, context.workload, manual)),
    })),
    back,
  }
}

function byStrategy(
  context: MoveContext,
  strategy: Strategy,
  options: unknown,
): { stages: readonly Stage[]; back: readonly BackStep[] } {
  const moves = movesOf(context)
  const stages = strategy.plan({ moves, options }).map((stage) => ({ ...stage }))
  return { stages, back: moves.back(stages) }
}

const movesOf = (context: MoveContext): Moves =>
  context.workload.kind === 'StatefulSet' ? partitions(context) : heldSurge(context)

function withUndoText<S extends Stage['steps'][number]>(step: S, workload: Ref, manual: string): S {
  const { mutation } = step.action
  if (mutation.verb !== 'create' || mutation.object.kind !== 'ConfigMap' || mutation.object.name !== undoName(workload))
    return step
  const body = withValue(mutation.body, '/data', { 'way-back.sh': manual }) as typeof mutation.body
  return { ...step, action: { ...step.action, mutation: { ...mutation, body } } }
}
