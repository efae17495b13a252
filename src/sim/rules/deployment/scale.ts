import { same } from '../../../core/json.ts'
import type { Deployment, ReplicaSet } from '../../../core/objects.ts'
import { isActive, mostPods, sizeOf, sizes, statusOf, wanted } from './numbers.ts'
import { byAge, desiredKey, everySet, mostKey, type Sets, sizeAnnotations } from './sets.ts'

/** The set asked for another size; the same object when there is nothing to change. */
export function sized(set: ReplicaSet, size: number, deployment: Deployment, isForced = false): ReplicaSet {
  if (!isForced && sizeOf(set) === size) return set
  const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) }
  if (sizeOf(set) === size && same(annotations, set.metadata.annotations)) return set
  return { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas: size } }
}

const noted = (set: ReplicaSet, key: string): number => Number(set.metadata.annotations?.[key] ?? Number.NaN)

/** Did somebody change `replicas` since the sets were last sized? */
export const wasScaled = (deployment: Deployment, sets: Sets): boolean =>
  everySet(sets)
    .filter(isActive)
    .some((set) => !Number.isNaN(noted(set, desiredKey)) && noted(set, desiredKey) !== wanted(deployment))

/**
 * What the controller does with a Deployment that is paused or was scaled: it keeps the sets in proportion, and starts
 * no roll-out (Kubernetes pkg/controller/deployment/sync.go, `scale`). Note that a paused one still fills up to
 * replicas + maxSurge.
 */
export function scaled(deployment: Deployment, sets: Sets): Sets {
  const lone = activeOrLatest(sets)
  if (lone) return changed(sets, new Map([[lone, sized(lone, wanted(deployment), deployment)]]))
  if (isSaturated(deployment, sets.young))
    return { young: sets.young, old: sets.old.map((set) => sized(set, 0, deployment)) }
  return changed(sets, proportional(deployment, everySet(sets).filter(isActive)))
}

/** The only set with pods, or the newest one when none has any; `null` when several have. */
function activeOrLatest(sets: Sets): ReplicaSet | null {
  const active = everySet(sets).filter(isActive)
  if (active.length > 1) return null
  return active[0] ?? sets.young ?? sets.old.at(-1) ?? null
}

const isSaturated = (deployment: Deployment, set: ReplicaSet | null): boolean =>
  set !== null &&
  sizeOf(set) === wanted(deployment) &&
  noted(set, desiredKey) === wanted(deployment) &&
  statusOf(set, 'availableReplicas') === wanted(deployment)

/** From the largest set to the smallest; what rounding leaves over goes to the largest. */
function proportional(deployment: Deployment, active: readonly ReplicaSet[]): Map<ReplicaSet, ReplicaSet> {
  const allowed = wanted(deployment) > 0 ? mostPods(deployment) : 0
  const missing = allowed - sizes(active)
  const ordered = [...active].sort(missing > 0 ? bySizeNewer : missing < 0 ? bySizeOlder : () => 0)
  const target = new Map<ReplicaSet, number>()
  let added = 0
  for (const set of ordered) {
    const share = missing === 0 ? 0 : shareOf(set, deployment, missing, missing - added)
    target.set(set, sizeOf(set) + share)
    added += share
  }
  const [largest] = ordered
  if (largest) target.set(largest, Math.max(0, (target.get(largest) ?? 0) + missing - added))
  return new Map([...target].map(([set, size]) => [set, sized(set, size, deployment, true)]))
}

const bySizeNewer = (a: ReplicaSet, b: ReplicaSet): number => sizeOf(b) - sizeOf(a) || byAge(b, a)
const bySizeOlder = (a: ReplicaSet, b: ReplicaSet): number => sizeOf(b) - sizeOf(a) || byAge(a, b)

/** A set keeps its share of what the Deployment could have at most when the set was last sized. */
function shareOf(set: ReplicaSet, deployment: Deployment, missing: number, left: number): number {
  if (left === 0) return 0
  const fraction = fractionOf(set, deployment)
  return missing > 0 ? Math.min(fraction, left) : Math.max(fraction, left)
}

function fractionOf(set: ReplicaSet, deployment: Deployment): number {
  if (wanted(deployment) === 0) return -sizeOf(set)
  const before = noted(set, mostKey) || (deployment.status?.replicas ?? 0)
  if (before === 0) return 0
  // Go rounds halves away from zero; sizes are never negative, so Math.round does the same.
  return Math.round((sizeOf(set) * mostPods(deployment)) / before) - sizeOf(set)
}

export const changed = ({ young, old }: Sets, next: ReadonlyMap<ReplicaSet, ReplicaSet>): Sets => ({
  young: young && (next.get(young) ?? young),
  old: old.map((set) => next.get(set) ?? set),
})
