import type { Json } from '../json.ts'
import type { BackStep, Stage, Step } from '../plan.ts'
import type { StepDraft } from '../router.ts'
import { asserted, both, type MoveContext, type Moves, stageOf, stepOf, written } from './context.ts'
import { cleanUp } from './finish.ts'
import { hookDrafts, hookSteps } from './hooks.ts'
import { paths } from './locks.ts'
import { undoName, writeUndo } from './prepare.ts'
import { newReady } from './surge.ts'
import { keyOf, type Ref } from '../kinds.ts'
import { placeholders } from '../plan.ts'

const strategyPath = '/spec/updateStrategy'

const partitioned = (partition: number): Json => ({ type: 'RollingUpdate', rollingUpdate: { partition } })

/**
 * A StatefulSet's own way to stop half-way: only pods with an ordinal at or above `partition` get the new template.
 * Prepared at `partition = replicas`, where nothing moves.
 */
export function partitions(context: MoveContext): Moves {
  const { draft, workload, hooks, title } = context
  const replicas = context.object.spec.replicas ?? 1
  const unsupported = (): never => {
    throw new Error('a StatefulSet is released by strategy rolling only: preflight refuses the others')
  }
  return {
    stage: (id, name, steps, options) => stageOf(context, id, name, steps, options),
    prepare() {
      const fields = {
        [strategyPath]: partitioned(replicas),
        [paths.template]: context.templates.new,
        [paths.note]: `${title}, run ${placeholders.run}; the way back by hand: configmap ${undoName(workload)}`,
      }
      const lock = stepOf({
        id: 'partition',
        does: `statefulset ${workload.name}: new template behind partition ${replicas}`,
        action: asserted(draft.change(workload, fields), written),
      })
      return stageOf(context, 'prepare', 'prepare', [...hookSteps(hooks.before, 'before'), writeUndo(context), lock], {
        gates: [],
      })
    },
    surge: unsupported,
    shift: unsupported,
    batch(percent) {
      const partition = replicas - Math.ceil((percent * replicas) / 100)
      const expect = { kind: 'partition', partition } as const
      return [
        stepOf({
          id: `partition-${partition}`,
          does: `statefulset ${workload.name}: pods from ordinal ${partition} on`,
          action: asserted(draft.change(workload, { [strategyPath]: partitioned(partition) }), expect),
        }),
        ...hookSteps(hooks['after-weight'], 'after-weight'),
      ]
    },
    settle: () => [
      stepOf({
        id: 'fields',
        does: `statefulset ${workload.name}: update strategy as before`,
        action: asserted(draft.restore(workload, [strategyPath]), { kind: 'complete' }, newReady),
      }),
    ],
    finish(): Stage[] {
      const steps = [...cleanUp(context), ...hookSteps(hooks.after, 'after')]
      const forGood: Step[] = steps.map((step) => ({ ...step, undo: 'never' }))
      return [stageOf(context, 'close', 'everything else as before', forGood, { otherwise: 'pause', weight: 100 })]
    },
    hooks: (event) => hookSteps(hooks[event], event),
    back: (stages) => wayBack(context, stages),
    // Pod by pod and in place, as any way back of a StatefulSet.
    past: () => [],
  }
}

/**
 * Under OrderedReady the controller waits for a bad pod for ever, also on its way back: such pods are deleted, as a
 * step of its own (kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback).
 */
function wayBack(context: MoveContext, stages: readonly Stage[]): BackStep[] {
  const { draft, workload, hooks, templates } = context
  const forward = stages.flatMap((stage) => stage.steps).filter((step) => step.undo === 'back')
  const any = forward.map(({ id }) => id)
  const writers = (ref: Ref): string[] =>
    forward
      .filter(({ action: { mutation } }) => mutation.verb !== 'hook' && keyOf(mutation.object) === keyOf(ref))
      .map(({ id }) => id)
  const mine = writers(workload)
  const back = (step: StepDraft, moves: BackStep['moves'], undoes = mine): BackStep => ({
    id: `back.${step.id}`,
    does: step.does,
    action: step.action,
    moves,
    undoes,
  })
  const template = draft.restore(workload, {
    [paths.template]: templates.stable,
    [strategyPath]: draft.asSeen(workload, strategyPath),
  })
  const rest = cleanUp(context).map((step) => {
    const { mutation } = step.action
    return back(step, 'rest', mutation.verb === 'hook' ? any : writers(mutation.object))
  })
  return [
    back(
      { id: 'template', does: `statefulset ${workload.name}: template as before`, action: asserted(template, written) },
      'pods',
    ),
    back(
      {
        id: 'unstick',
        does: 'delete new pods that are not ready',
        action: asserted(
          { verb: 'delete-unready', object: workload },
          both({ kind: 'complete' }, { kind: 'ready', track: 'stable' }),
        ),
      },
      'pods',
    ),
    ...hookDrafts(hooks['on-rollback'], 'on-rollback').map((step) => back(step, 'pods', any)),
    ...rest,
  ].filter(({ undoes }) => undoes.length > 0)
}
