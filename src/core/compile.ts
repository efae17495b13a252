import type { Evidence } from './evidence.ts'
import { withValue } from './json.ts'
import type { Ref } from './kinds.ts'
import { manualSteps, manualText } from './manual.ts'
import type { MoveContext, Moves } from './moves/context.ts'
import { emergency } from './moves/emergency.ts'
import { heldSurge } from './moves/held-surge.ts'
import { undoName } from './moves/prepare.ts'
import { partitions } from './moves/stateful.ts'
import type { BackStep, Gate, Stage, Unit } from './plan.ts'
import type { Strategy } from './strategy.ts'

export interface UnitInput {
  readonly id: string
  readonly cluster: string
  readonly context: MoveContext
  readonly strategy: Strategy
  /** As the strategy's own schema gave them back. */
  readonly options: unknown
  readonly emergency: boolean
  readonly evidence?: Evidence
}

/** One unit of a plan: the strategy's stages, and the way back from each of them. */
export function compileUnit(input: UnitInput): Unit {
  const { id, cluster, context, strategy, options, emergency: hurry } = input
  const { stages, back, past } = hurry ? { ...emergency(context), past: [] } : byStrategy(context, strategy, options)
  const comparing = hurry ? [] : comparedIn(stages, strategy, input.evidence)
  const evidence = comparing.length > 0 ? input.evidence : asWritten(input.evidence)
  const manual = manualText(manualSteps({ unit: context }, back))
  return {
    id,
    cluster,
    namespace: context.namespace,
    workload: context.workload,
    seen: context.seen,
    ...(evidence && { evidence }),
    stages: stages.map((stage) => ({
      ...stage,
      gates: [
        ...stage.gates.map((gate) => proved(gate, evidence)),
        ...objectivesIn(stage, evidence),
        ...(comparing.includes(stage) ? [{ kind: 'compared', last: stage === comparing.at(-1) } as const] : []),
      ],
      steps: stage.steps.map((step) => withUndoText(step, context.workload, manual)),
    })),
    back,
    ...(past.length > 0 && { past }),
  }
}

/** Where requests are counted, their share proves a weight that nothing else does. */
const proved = (gate: Gate, evidence: Evidence | undefined): Gate =>
  gate.kind === 'weight' && gate.proof === 'accepted' && evidence?.source ? { ...gate, proof: 'share' } : gate

/**
 * What was promised must hold wherever the new pods have requests and somebody looks for a while. Not while names move:
 * all requests went to these pods in the bake already, and in those few seconds no source has been asked again.
 */
const objectivesIn = ({ id, weight = 0, soak, otherwise }: Stage, evidence: Evidence | undefined): Gate[] =>
  weight > 0 && soak > 0 && otherwise === 'back' && id !== 'names'
    ? (evidence?.objectives ?? []).map((rule) => ({ kind: 'objective', rule: { ...rule, over: soak } }))
    : []

/** Stages in which a strategy splits requests between both versions, and somebody counts them for a while. */
const comparedIn = (
  stages: readonly Stage[],
  { routing }: Strategy,
  evidence: Evidence | undefined,
): readonly Stage[] =>
  evidence?.source && evidence.comparison && routing.includes('weights')
    ? stages.filter(({ weight = 0, soak }) => weight > 0 && weight < 100 && soak > 0)
    : []

/** Where both versions never share requests for a while, only those comparisons are made that were asked for. */
function asWritten(evidence: Evidence | undefined): Evidence | undefined {
  if (!evidence?.comparison || evidence.comparison.triggers.length > 0) return evidence
  const { comparison: _, ...rest } = evidence
  return rest
}

function byStrategy(
  context: MoveContext,
  strategy: Strategy,
  options: unknown,
): { stages: readonly Stage[]; back: readonly BackStep[]; past: readonly BackStep[] } {
  const moves = movesOf(context)
  const stages = strategy.plan({ moves, options }).map((stage) => ({ ...stage }))
  return { stages, back: moves.back(stages), past: moves.past(stages) }
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
