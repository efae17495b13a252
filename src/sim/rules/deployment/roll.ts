import type { Deployment, ReplicaSet } from '../../../core/objects.ts'
import { isActive, leastAvailable, mostPods, sizeOf, sizes, statusOf, total, wanted } from './numbers.ts'
import { changed, sized } from './scale.ts'
import { everySet, type Sets } from './sets.ts'

/**
 * One step of a rolling update (Kubernetes pkg/controller/deployment/rolling.go): first the new set grows, and only
 * when it could not, the old ones shrink.
 */
export function rolled(deployment: Deployment, sets: Sets): Sets {
  const { young } = sets
  if (!young) return sets
  const grown = sized(young, sizeOfYoung(deployment, sets), deployment)
  return grown === young ? shrunk(deployment, sets) : { ...sets, young: grown }
}

/** As many as fit under replicas + maxSurge, never more than replicas. */
export function sizeOfYoung(deployment: Deployment, sets: Sets): number {
  const size = sizeOf(sets.young)
  if (size >= wanted(deployment)) return wanted(deployment)
  const room = mostPods(deployment) - sizes(everySet(sets))
  return room <= 0 ? size : size + Math.min(room, wanted(deployment) - size)
}

/** Old pods that are not available go first; available ones only as far as enough others are available. */
function shrunk(deployment: Deployment, sets: Sets): Sets {
  const unavailable = sizeOf(sets.young) - available(sets.young)
  const spare = sizes(everySet(sets)) - leastAvailable(deployment) - unavailable
  if (sizes(sets.old) === 0 || spare <= 0) return sets
  const sure = sets.old.slice(0, countedIn(sets.old, spare))
  const tidy = takenFrom(sets, sure, spare, deployment, unhealthy)
  if (sure.length < sets.old.length) return tidy
  const surplus = total(everySet(tidy), available) - leastAvailable(deployment)
  return takenFrom(tidy, tidy.old, surplus, deployment, sizeOf)
}

/**
 * How many of the old sets come before one that was just asked for fewer pods than it still counts as available. There
 * the controller gives up until the count is right (upstream by an error: "invalid request to scale down"), or it would
 * count pods twice and go below the minimum. A set is not looked at when those before it have enough bad pods.
 */
function countedIn(old: readonly ReplicaSet[], spare: number): number {
  let left = spare
  for (const [index, set] of old.entries()) {
    if (left <= 0) return old.length
    if (unhealthy(set) < 0) return index
    left -= unhealthy(set)
  }
  return old.length
}

const available = (set: ReplicaSet | null): number => statusOf(set, 'availableReplicas')
const unhealthy = (set: ReplicaSet): number => (isActive(set) ? sizeOf(set) - available(set) : 0)

/** Takes `most` pods away, from the oldest set on; from each set at most as many as `from` says. */
function takenFrom(
  sets: Sets,
  among: readonly ReplicaSet[],
  most: number,
  deployment: Deployment,
  from: (set: ReplicaSet) => number,
): Sets {
  const next = new Map<ReplicaSet, ReplicaSet>()
  let left = most
  for (const set of among) {
    const count = Math.min(left, from(set))
    if (count <= 0) continue
    next.set(set, sized(set, sizeOf(set) - count, deployment))
    left -= count
  }
  return changed(sets, next)
}
