import type { Deployment, ReplicaSet } from '../../../core/objects.ts'
import { leastAvailable, mostPods, sizeOf, sizes, statusOf, total, wanted } from './numbers.ts'
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
  const unavailableYoung = sizeOf(sets.young) - statusOf(sets.young, 'availableReplicas')
  const spare = sizes(everySet(sets)) - leastAvailable(deployment) - unavailableYoung
  if (sizes(sets.old) === 0 || spare <= 0) return sets
  const tidy = takenFrom(sets, spare, deployment, (set) => sizeOf(set) - statusOf(set, 'availableReplicas'))
  const available = total(everySet(tidy), (set) => statusOf(set, 'availableReplicas'))
  return takenFrom(tidy, available - leastAvailable(deployment), deployment, sizeOf)
}

/** Takes `most` pods away, from the oldest set on; from each set at most as many as `from` says. */
function takenFrom(sets: Sets, most: number, deployment: Deployment, from: (set: ReplicaSet) => number): Sets {
  const next = new Map<ReplicaSet, ReplicaSet>()
  let left = most
  for (const set of sets.old) {
    const count = Math.min(left, from(set))
    if (count <= 0) continue
    next.set(set, sized(set, sizeOf(set) - count, deployment))
    left -= count
  }
  return changed(sets, next)
}
