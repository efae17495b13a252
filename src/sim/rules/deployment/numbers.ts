import type { Deployment, ReplicaSet } from '../../../core/objects.ts'
import { resolved } from '../../../core/percent.ts'

// Kubernetes pkg/controller/deployment/util: the counts that every decision rests on.

export const wanted = (deployment: Deployment): number => deployment.spec.replicas ?? 1

/** Surge is rounded up, unavailable down; were both to come out as 0, one pod may be unavailable. */
function fenceposts(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const { maxSurge, maxUnavailable } = deployment.spec.strategy?.rollingUpdate ?? {}
  const surge = resolved(maxSurge, wanted(deployment), 'up')
  const unavailable = resolved(maxUnavailable, wanted(deployment), 'down')
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

const surgeOf = (deployment: Deployment): number => fenceposts(deployment).surge

const unavailableOf = (deployment: Deployment): number =>
  Math.min(wanted(deployment), fenceposts(deployment).unavailable)

export const mostPods = (deployment: Deployment): number => wanted(deployment) + surgeOf(deployment)

export const leastAvailable = (deployment: Deployment): number => wanted(deployment) - unavailableOf(deployment)

/** How many pods a set is asked to have. */
export const sizeOf = (set: ReplicaSet | null): number => set?.spec.replicas ?? 0

export const isActive = (set: ReplicaSet): boolean => sizeOf(set) > 0

type Counted = 'replicas' | 'readyReplicas' | 'availableReplicas'
export const statusOf = (set: ReplicaSet | null, count: Counted): number => set?.status?.[count] ?? 0

export const total = (sets: readonly (ReplicaSet | null)[], count: (set: ReplicaSet | null) => number): number =>
  sets.reduce((sum, set) => sum + count(set), 0)

export const sizes = (sets: readonly (ReplicaSet | null)[]): number => total(sets, sizeOf)

/** MaxInt32 means that there is none, so the brake switches the deadline off and its condition disappears. */
export const hasDeadline = (deployment: Deployment): boolean =>
  (deployment.spec.progressDeadlineSeconds ?? 600) < 2_147_483_647
