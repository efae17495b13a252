import type { KubeObject, LabelSelector, Pod } from '../../core/objects.ts'
import { isReady, matches } from '../../core/view.ts'
import { controllerOf, type Key, keyOf, keyOfObject, nothing, type Rule, type Turn, type World } from '../world.ts'

interface BudgetSpec {
  readonly selector?: LabelSelector
  readonly minAvailable?: number | string
  readonly maxUnavailable?: number | string
}

/** The disruption controller: how many pods of a PodDisruptionBudget may be evicted now. */
export const budgetRule: Rule = {
  name: 'budget',
  delay: [10, 60],
  concerns: (object, world) => {
    if (object.kind === 'PodDisruptionBudget') return [keyOfObject(object)]
    if (object.kind !== 'Pod') return []
    return world
      .all('PodDisruptionBudget', object.metadata.namespace)
      .filter((budget) => selects(budget, object))
      .map(keyOfObject)
  },
  act,
}

const specOf = (budget: KubeObject): BudgetSpec => budget['spec'] as BudgetSpec
const selects = (budget: KubeObject, pod: KubeObject): boolean =>
  matches(specOf(budget).selector ?? {}, pod.metadata.labels)

function act(world: World, key: Key): Turn {
  const budget = world.get(key)
  if (!budget) return nothing
  const { minAvailable, maxUnavailable } = specOf(budget)
  const pods = world.all('Pod', budget.metadata.namespace).filter((pod) => selects(budget, pod))
  const counts = typeof minAvailable === 'number' ? pods.length : scaleOf(world, pods)
  const healthy = pods.filter(isReady).length
  const desired =
    minAvailable === undefined
      ? Math.max(0, counts - amount(maxUnavailable ?? 1, counts))
      : amount(minAvailable, counts)
  const status = {
    observedGeneration: budget.metadata.generation ?? 0,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: counts,
    disruptionsAllowed: counts === 0 ? 0 : Math.max(0, healthy - desired),
  }
  return { edits: [{ do: 'put', object: { ...budget, status } }] }
}

/** Percentages are of what the pods' controllers want, and are rounded up (pkg/controller/disruption). */
const amount = (value: number | string, of: number): number =>
  typeof value === 'number' ? value : Math.ceil((Number.parseFloat(value) * of) / 100)

/** Sets of one Deployment count as that Deployment. */
function scaleOf(world: World, pods: readonly Pod[]): number {
  const scales = new Map<string, number>()
  for (const pod of pods) {
    const top = topOf(world, pod)
    if (top) scales.set(top.metadata.uid ?? '', (top['spec'] as { replicas?: number }).replicas ?? 1)
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0)
}

function topOf(world: World, object: KubeObject): KubeObject | undefined {
  const owner = controllerOf(object)
  if (!owner || (owner.kind !== 'ReplicaSet' && owner.kind !== 'StatefulSet' && owner.kind !== 'Deployment'))
    return object.kind === 'Pod' ? undefined : object
  const { namespace = '' } = object.metadata
  const above = world.get(keyOf({ kind: owner.kind, namespace, name: owner.name }))
  return above ? topOf(world, above) : undefined
}
