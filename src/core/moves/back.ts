import { keyOf, type Ref } from '../kinds.ts'
import type { Action, BackStep, Expectation, Stage } from '../plan.ts'
import type { StepDraft } from '../router.ts'
import { second } from '../time.ts'
import { asserted, both, type MoveContext, written } from './context.ts'
import { cleanUp, untag } from './finish.ts'
import { hookDrafts } from './hooks.ts'
import { brakePaths, paths, strategyOf } from './locks.ts'
import { pinnedSelector } from './prepare.ts'

/**
 * Gateways and kube-proxies follow the API server within a fraction of a second, under load within a second or two; until
 * then they still send to pods that the next steps take away.
 */
export const propagation = 2 * second

export const stableAnswers: Expectation = { kind: 'capacity', track: 'stable', percent: 1 }

/**
 * From any point before the old pods drain: requests first, then the Services, then the template, then what is left.
 * The template as before matches the stable ReplicaSet, so no stable pod restarts; `maxUnavailable: 0` because with the
 * user's own the controller went below capacity on the way back.
 */
export function wayBack(context: MoveContext, stages: readonly Stage[]): BackStep[] {
  const { draft, workload, router, pins, hooks } = context
  const forward = stages.flatMap((stage) => stage.steps).filter((step) => step.undo === 'back')
  const writers = (ref: Ref, which: (id: string) => boolean = () => true): string[] =>
    forward
      .filter(
        ({ id, action: { mutation } }) =>
          which(id) && mutation.verb !== 'hook' && keyOf(mutation.object) === keyOf(ref),
      )
      .map(({ id }) => id)
  const any = forward.map(({ id }) => id)

  const routed = (router?.back() ?? []).map((step) =>
    back(
      step,
      'traffic',
      writers(objectOf(step), (id) => !id.startsWith('prepare.')),
      { guard: stableAnswers, linger: propagation },
    ),
  )
  const services = pins.map((ref) => {
    const action = asserted(draft.restore(ref, { [paths.selector]: pinnedSelector(context, ref) }), {
      kind: 'endpoints',
      service: ref.name,
      tracks: ['stable'],
    })
    const step = { id: `service-${ref.name}`, does: `service ${ref.name}: only the stable pods`, action }
    return back(
      step,
      'services',
      writers(ref, (id) => id.includes('.service-')),
      { guard: stableAnswers, linger: propagation },
    )
  })
  const told = hookDrafts(hooks['on-rollback'], 'on-rollback').map((step) => back(step, 'services', any))
  const pods = [untag(context), templateBack(context), strategyBack(context)].map((step) =>
    back(step, 'pods', writers(objectOf(step))),
  )
  const unpinned = pins.map((ref) => {
    const action = asserted(draft.restore(ref, [paths.selector]), {
      kind: 'endpoints',
      service: ref.name,
      tracks: ['stable'],
    })
    return back(
      { id: `unpin-${ref.name}`, does: `service ${ref.name}: selector as before`, action },
      'rest',
      writers(ref),
    )
  })
  const sets = back(forgetNew(context), 'rest', writers(workload))
  const rest = [sets, ...cleanUp(context).map((step) => back(step, 'rest', writers(objectOf(step))))]
  return [...routed, ...services, ...told, ...pods, ...unpinned, ...rest].filter(({ undoes }) => undoes.length > 0)

  function back(
    step: StepDraft,
    moves: BackStep['moves'],
    undoes: readonly string[],
    more: Pick<Action, 'guard' | 'linger'> = {},
  ): BackStep {
    const { guard: _, ...action } = step.action
    return { id: `back.${step.id}`, does: step.does, action: { ...action, ...more }, moves, undoes }
  }
}

const objectOf = ({ action: { mutation } }: StepDraft): Ref => {
  if (mutation.verb === 'hook') throw new Error('a hook has no object')
  return mutation.object
}

function templateBack({ draft, workload, templates, seen }: MoveContext): StepDraft {
  const fields = {
    [paths.template]: templates.stable,
    ...Object.fromEntries(brakePaths.map((path) => [path, draft.asSeen(workload, path)])),
    [paths.strategy]: strategyOf(100, 0),
    [paths.paused]: null,
  }
  return {
    id: 'template',
    does: `deployment ${workload.name}: template as before, pods of ${seen.stable.name}`,
    action: asserted(draft.restore(workload, fields), both({ kind: 'complete' }, { kind: 'ready', track: 'stable' })),
  }
}

const strategyBack = ({ draft, workload }: MoveContext): StepDraft => ({
  id: 'strategy',
  does: `deployment ${workload.name}: strategy as before`,
  action: asserted(draft.restore(workload, [paths.strategy]), written),
})

/** The revision history is what people go back by: it must not offer the version that was just taken back. */
const forgetNew = ({ workload }: MoveContext): StepDraft => ({
  id: 'sets',
  does: `delete the empty replicasets of this release`,
  action: asserted({ verb: 'delete-sets', object: workload }, written),
})
