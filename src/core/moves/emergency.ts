import type { BackStep, Stage } from '../plan.ts'
import { asserted, type MoveContext, stageOf, stepOf, written } from './context.ts'
import { cleanUp } from './finish.ts'
import { hookDrafts, hookSteps } from './hooks.ts'
import { paths } from './locks.ts'
import { writeUndo } from './prepare.ts'

/**
 * The fix ships although what serves now is broken: in place, with the workload's own strategy and nothing to compare
 * with. The way back restores the template; that what it brings back is healthy nobody can promise.
 */
export function emergency(context: MoveContext): {
  readonly stages: readonly Stage[]
  readonly back: readonly BackStep[]
} {
  const { draft, workload, hooks, templates } = context
  const replace = stepOf({
    id: 'template',
    does: `${workload.kind.toLowerCase()} ${workload.name}: the new template, in place`,
    action: asserted(draft.change(workload, { [paths.template]: templates.new }), { kind: 'complete' }),
  })
  const stages = [
    stageOf(
      context,
      'emergency',
      "in place, by the workload's own strategy",
      [...hookSteps(hooks.before, 'before'), writeUndo(context), replace],
      { weight: 100 },
    ),
    stageOf(
      context,
      'close',
      'everything else as before',
      [...cleanUp(context).map((step) => ({ ...step, undo: 'never' as const })), ...hookSteps(hooks.after, 'after')],
      { otherwise: 'pause' },
    ),
  ]
  const undoes = stages
    .flatMap((stage) => stage.steps)
    .filter((step) => step.undo === 'back')
    .map(({ id }) => id)
  const template = asserted(draft.restore(workload, { [paths.template]: templates.stable }), written)
  const back: BackStep[] = [
    {
      id: 'back.template',
      does: `${workload.kind.toLowerCase()} ${workload.name}: template as before`,
      action: template,
      moves: 'pods',
      undoes,
    },
    ...[...hookDrafts(hooks['on-rollback'], 'on-rollback'), ...cleanUp(context)].map((step) => ({
      id: `back.${step.id}`,
      does: step.does,
      action: step.action,
      moves: 'rest' as const,
      undoes,
    })),
  ]
  return { stages, back }
}
