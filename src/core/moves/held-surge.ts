import type { Gate, Stage, Step } from '../plan.ts'
import type { StepDraft } from '../router.ts'
import { wayBack } from './back.ts'
import { both, type MoveContext, type Moves, stageOf, stepOf } from './context.ts'
import { close, drain, moveNames, restoreFields } from './finish.ts'
import { hookSteps } from './hooks.ts'
import {
  createBudget,
  createSecondary,
  holdAutoscaler,
  pauseWorkload,
  pinBudgets,
  pinServices,
  tagStable,
  writeUndo,
} from './prepare.ts'
import { oldPodsFirst } from './past.ts'
import { newReady, release, resize } from './surge.ts'

/**
 * A Deployment's release by held surge: its own controller makes the new ReplicaSet and stops where we want, the stable
 * pods are never touched until the new ones have proven themselves, and those that were judged are those that stay.
 */
export function heldSurge(context: MoveContext): Moves {
  const { router, secondary, hooks } = context
  const beside = router?.router.beside === true
  const byPods = router?.router.resolution === 'pods'
  // What the last resize asked for: percent of the replicas that are new, and percent of the old that are gone.
  let made = 0
  let replaced = 0
  let weight = 0
  let released = false

  const settled = beside ? both(newReady, { kind: 'endpoints', service: secondary, tracks: ['new'] }) : newReady

  const grow = (percent: number): Step[] => {
    if (percent <= made) return []
    const does = `${percent} % new pods`
    const first = released ? {} : release(context)
    const steps = resize(
      context,
      { surge: percent - replaced, unavailable: replaced },
      { does, first, settled, ...(replaced > 0 && { guard: newReady }) },
    )
    made = percent
    released = true
    return steps
  }

  const replaceOld = (percent: number): Step[] => {
    replaced = percent
    return resize(
      context,
      { surge: 0, unavailable: percent },
      { does: `${percent} % of the old pods go`, guard: newReady, settled: newReady },
    )
  }

  const stage: Moves['stage'] = (id, title, steps, options = {}) =>
    stageOf(context, id, title, steps, { gates: gatesOf(options.weight), ...options })

  return {
    stage,
    prepare(surge) {
      const locks: Step[] = [
        writeUndo(context),
        ...(beside || router?.router.resolution === 'cut-over'
          ? [...pinServices(context), ...pinBudgets(context)]
          : []),
        ...(router ? holdAutoscaler(context) : []),
        ...(beside ? [createSecondary(context), ...createBudget(context)] : []),
        pauseWorkload(context),
        tagStable(context),
      ]
      return stage(
        'prepare',
        'prepare',
        [...hookSteps(hooks.before, 'before'), ...locks, ...grow(surge)],
        surge > 0 ? {} : { gates: [] },
      )
    },
    surge: grow,
    shift(percent) {
      const first = weight === 0 ? hookSteps(hooks['before-traffic'], 'before-traffic') : []
      const steps = byPods ? replaceOld(percent) : guarded(router?.shift(percent, weight) ?? [])
      weight = percent
      return [...first, ...steps, ...hookSteps(hooks['after-weight'], 'after-weight')]
    },
    batch(percent) {
      replaced = made
      return [...grow(percent), ...hookSteps(hooks['after-weight'], 'after-weight')]
    },
    // All new pods are available by now: with the user's fields back, the controller drains the old ones by itself.
    settle: () => [restoreFields(context)],
    finish(): Stage[] {
      const before = byPods
        ? [stage('fields', 'fields as before', [restoreFields(context)], { weight: 100 })]
        : router
          ? [moveNames(context), drain(context)]
          : []
      const last = close(context)
      const after = hookSteps(hooks.after, 'after').map((step) => ({ ...step, id: `${last.id}.${step.id}` }))
      return [...before, { ...last, steps: [...last.steps, ...after] }]
    },
    hooks: (event) => hookSteps(hooks[event], event),
    back: (stages) => wayBack(context, stages),
    // Where pods stand for requests, the way back brings pods and requests together.
    past: (stages) => (router && !byPods ? oldPodsFirst(context, stages) : []),
  }

  function gatesOf(share: number | undefined): Gate[] {
    const pods: Gate = { kind: 'pods', allowedBad: context.allowedBad }
    return router && share !== undefined && share > 0 ? [pods, { kind: 'weight', proof: router.proof(share) }] : [pods]
  }

  /** No request may be sent where nobody is ready to answer it. */
  function guarded(drafts: readonly StepDraft[]): Step[] {
    return drafts.map((draft) =>
      stepOf({ ...draft, action: { ...draft.action, guard: draft.action.guard ?? settled } }),
    )
  }
}
