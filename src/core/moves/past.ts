import type { BackStep, Stage } from '../plan.ts'
import { asserted, both, type MoveContext } from './context.ts'
import { untag } from './finish.ts'
import { brake, paths, strategyOf } from './locks.ts'

/**
 * What comes first for whoever goes back past the drain: all old pods beside all new ones, by a surge under the brake, so
 * that every request has somebody to go back to. The stable set gets its labels back before, or it is taken for a
 * stranger.
 */
export function oldPodsFirst(context: MoveContext, stages: readonly Stage[]): BackStep[] {
  const { draft, workload, templates, seen } = context
  // Steps are done in order: none of those that can't be undone comes before the first.
  const point = stages.flatMap(({ steps }) => steps).find(({ undo }) => undo === 'never')
  const undoes = point ? [point.id] : []
  const fields = {
    [paths.template]: templates.stable,
    ...brake,
    [paths.strategy]: strategyOf(100, 0),
    [paths.paused]: null,
  }
  const { does, action } = untag(context)
  return [
    { id: 'past.untag', does, action, moves: 'pods', undoes },
    {
      id: 'past.template',
      does: `deployment ${workload.name}: all pods of ${seen.stable.name} beside the new ones`,
      action: asserted(
        draft.restore(workload, fields),
        both({ kind: 'capacity', track: 'stable', percent: 100 }, { kind: 'ready', track: 'stable' }),
      ),
      moves: 'pods',
      undoes,
    },
  ]
}
