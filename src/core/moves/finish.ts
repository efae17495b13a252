import { at, type Json, type JsonObject, same } from '../json.ts'
import type { Ref } from '../kinds.ts'
import { marks } from '../marks.ts'
import { placeholders, type Stage, type Step } from '../plan.ts'
import { second } from '../time.ts'
import { asserted, type MoveContext, stageOf, stepOf, written } from './context.ts'
import { brakePaths, paths } from './locks.ts'
import { budgetFor, stableSet, undoName } from './prepare.ts'
import { newReady, resize } from './surge.ts'

/** How long callers that bypass the router are watched on the new pods before any old pod goes. */
const servicesSoak = 5 * second

const fieldsOfTheUser = [paths.strategy, ...brakePaths, paths.paused] as const

/** A rename: the Services move to the pods that were judged. The last stage from which there is a way back. */
export function moveNames(context: MoveContext): Stage {
  const { draft, pins, budgets, router } = context
  const selector = (ref: Ref): Json => ({
    ...(at(draft.seen(ref), paths.selector) as JsonObject),
    [marks.release]: placeholders.run,
  })
  const moved = (ref: Ref): boolean => same(draft.asDrafted(ref, paths.selector), selector(ref))
  const services = pins
    .filter((ref) => !moved(ref))
    .map((ref) =>
      stepOf({
        id: `service-${ref.name}`,
        does: `service ${ref.name}: only the new pods`,
        action: asserted(
          draft.change(ref, { [paths.selector]: selector(ref) }),
          { kind: 'endpoints', service: ref.name, tracks: ['new'] },
          newReady,
        ),
      }),
    )
  const names = budgets.map((ref) =>
    stepOf({
      id: `pdb-${ref.name}`,
      does: `pdb ${ref.name}: only the new pods`,
      action: asserted(
        draft.change(ref, { [paths.selector]: budgetFor(context, ref, marks.release, placeholders.run) }),
        written,
      ),
    }),
  )
  const routes = (router?.retire() ?? []).map((draft) => stepOf(draft))
  return stageOf(context, 'names', 'names move to the new pods', [...services, ...routes, ...names], {
    soak: servicesSoak,
    weight: 100,
  })
}

const forGood = (steps: readonly Step[]): Step[] => steps.map((step) => ({ ...step, undo: 'never' }))

/** Old pods go in two steps, capacity is never below the replicas asked for; then the user's fields are back. */
export function drain(context: MoveContext): Stage {
  const half = resize(
    context,
    { surge: 50, unavailable: 50 },
    { does: 'half of the old pods drain', guard: newReady, settled: newReady },
  )
  const rest = resize(
    context,
    { surge: 0, unavailable: 100 },
    { does: 'the other old pods drain', guard: newReady, settled: newReady },
  )
  return stageOf(context, 'drain', 'old pods drain', forGood([...half, ...rest, restoreFields(context)]), {
    otherwise: 'pause',
    weight: 100,
  })
}

export const restoreFields = ({ draft, workload }: MoveContext): Step =>
  stepOf({
    id: 'fields',
    does: `deployment ${workload.name}: strategy, minReadySeconds and progressDeadlineSeconds as before`,
    action: asserted(draft.restore(workload, fieldsOfTheUser), { kind: 'complete' }, newReady),
  })

/** Everything that the release put up is taken down; what stays is one label on the template. */
export function close(context: MoveContext): Stage {
  const { pins, draft } = context
  const pinned = pins.filter((ref) => draft.written(ref).length > 0)
  const unpin = pinned.map((ref) =>
    stepOf({
      id: `unpin-${ref.name}`,
      does: `service ${ref.name}: selector as before`,
      action: asserted(draft.restore(ref, [paths.selector]), { kind: 'endpoints', service: ref.name, tracks: ['new'] }),
    }),
  )
  const steps = [untag(context), ...unpin, ...cleanUp(context)]
  return stageOf(context, 'close', 'everything else as before', forGood(steps), { otherwise: 'pause', weight: 100 })
}

export function untag({ draft, namespace, seen }: MoveContext): Step {
  const object = stableSet(namespace, seen.stable.name)
  return stepOf({
    id: 'untag',
    does: `untag replicaset ${seen.stable.name}`,
    action: asserted(draft.restore(object, [paths.stableTag]), written),
  })
}

/** What no request depends on: budgets, autoscaler, our own objects, our marks. The same forward and back. */
export function cleanUp(context: MoveContext): Step[] {
  const { draft, namespace, budgets, autoscaler, workload, router, secondary } = context
  const held = [...budgets, ...(autoscaler ? [autoscaler] : [])].filter((ref) => draft.written(ref).length > 0)
  const restored = held.map((ref) =>
    stepOf({
      id: `restore-${ref.kind}-${ref.name}`,
      does: `${ref.kind === 'PodDisruptionBudget' ? 'pdb' : 'hpa'} ${ref.name}: as before`,
      action: asserted(draft.restore(ref, draft.written(ref)), written),
    }),
  )
  const owned: Ref[] = [
    ...(router?.router.beside ? [{ kind: 'Service', namespace, name: secondary } as const] : []),
    ...(budgets.length > 0 && router?.router.beside
      ? [{ kind: 'PodDisruptionBudget', namespace, name: secondary } as const]
      : []),
    { kind: 'ConfigMap', namespace, name: undoName(workload) },
  ]
  const removed = owned.map((object) =>
    stepOf({
      id: `delete-${object.kind}-${object.name}`,
      does: `delete ${object.kind.toLowerCase()} ${object.name}`,
      action: asserted({ verb: 'delete', object }, { kind: 'gone', object }),
    }),
  )
  // A controller that has not yet seen the Deployment without our annotations copies them once more: ReplicaSets are last.
  const order = (ref: Ref): number => (ref.kind === 'Deployment' ? 0 : ref.kind === 'ReplicaSet' ? 2 : 1)
  const touched = [...draft.touched()].sort((a, b) => order(a) - order(b))
  const disowned = touched.map((object) =>
    stepOf({
      id: `disown-${object.kind}-${object.name}`,
      does: `${object.kind.toLowerCase()} ${object.name}: our marks and field ownership removed`,
      action: asserted({ verb: 'disown', object }, written),
    }),
  )
  return [...restored, ...removed, ...disowned]
}
