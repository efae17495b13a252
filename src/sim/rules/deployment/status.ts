import type { Deployment, ReplicaSet } from '../../../core/objects.ts'
import { type Millis, second } from '../../../core/time.ts'
import { type Conditions, condition, withCondition, withoutCondition } from './conditions.ts'
import { hasDeadline, leastAvailable, sizes, statusOf, total, wanted } from './numbers.ts'
import { everySet, type Sets } from './sets.ts'

export type Status = NonNullable<Deployment['status']> & {
  readonly collisionCount?: number
  readonly conditions?: Conditions
}

export const present = (deployment: Deployment): Status => deployment.status ?? {}

/** What is counted (Kubernetes pkg/controller/deployment/sync.go, `calculateStatus`). */
export function counted(deployment: Deployment, sets: Sets, now: Millis): Status {
  const every = everySet(sets)
  const { collisionCount, conditions = [] } = present(deployment)
  const available = total(every, (set) => statusOf(set, 'availableReplicas'))
  const counts = {
    replicas: total(every, (set) => statusOf(set, 'replicas')),
    updatedReplicas: statusOf(sets.young, 'replicas'),
    readyReplicas: total(every, (set) => statusOf(set, 'readyReplicas')),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sizes(every) - available),
  }
  const enough = available >= leastAvailable(deployment)
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions: withCondition(
      conditions,
      enough
        ? {
            type: 'Available',
            status: 'True',
            reason: 'MinimumReplicasAvailable',
            message: 'Deployment has minimum availability.',
          }
        : {
            type: 'Available',
            status: 'False',
            reason: 'MinimumReplicasUnavailable',
            message: 'Deployment does not have minimum availability.',
          },
      now,
    ),
  }
}

/** Counts, and what they say about progress (pkg/controller/deployment/progress.go, `syncRolloutStatus`). */
export function progressed(deployment: Deployment, sets: Sets, now: Millis): Status {
  const status = counted(deployment, sets, now)
  const conditions = withFailure(progress(deployment, status, sets.young, now), sets)
  return { ...status, conditions }
}

function progress(deployment: Deployment, status: Status, young: ReplicaSet | null, now: Millis): Conditions {
  const conditions = status.conditions ?? []
  if (!hasDeadline(deployment)) return withoutCondition(conditions, 'Progressing')
  const known = condition(conditions, 'Progressing')
  const isOver = status.replicas === status.updatedReplicas && known?.reason === 'NewReplicaSetAvailable'
  if (isOver) return conditions
  const what = young ? `ReplicaSet "${young.metadata.name}"` : `Deployment "${deployment.metadata.name}"`
  const say = (state: 'True' | 'False', reason: string, message: string) =>
    ({ type: 'Progressing', status: state, reason, message: `${what} ${message}` }) as const
  if (isComplete(deployment, status))
    return withCondition(conditions, say('True', 'NewReplicaSetAvailable', 'has successfully progressed.'), now)
  if (hasMoved(present(deployment), status)) {
    const next = withCondition(
      withoutCondition(conditions, 'Progressing'),
      say('True', 'ReplicaSetUpdated', 'is progressing.'),
      now,
    )
    const since = known?.status === 'True' ? known.lastTransitionTime : undefined
    return since === undefined
      ? next
      : next.map((one) => (one.type === 'Progressing' ? { ...one, lastTransitionTime: since } : one))
  }
  if ((deadlineAt(deployment, status) ?? Number.POSITIVE_INFINITY) < now)
    return withCondition(conditions, say('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'), now)
  return conditions
}

export const isComplete = (deployment: Deployment, status: Status): boolean =>
  (status.updatedReplicas ?? 0) === wanted(deployment) &&
  (status.replicas ?? 0) === wanted(deployment) &&
  (status.availableReplicas ?? 0) === wanted(deployment) &&
  (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)

function hasMoved(before: Status, after: Status): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: Status): number => replicas - updatedReplicas
  const more = (count: 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'): boolean =>
    (after[count] ?? 0) > (before[count] ?? 0)
  return more('updatedReplicas') || old(after) < old(before) || more('readyReplicas') || more('availableReplicas')
}

/** When the deadline passes, if nothing moves until then; `null`: there is none, or it is settled. */
export function deadlineAt(deployment: Deployment, { conditions = [] }: Status): Millis | null {
  const known = condition(conditions, 'Progressing')
  if (!hasDeadline(deployment) || !known?.lastUpdateTime) return null
  if (known.reason === 'NewReplicaSetAvailable' || known.reason === 'ProgressDeadlineExceeded') return null
  return Date.parse(known.lastUpdateTime) + (deployment.spec.progressDeadlineSeconds ?? 600) * second
}

/** A set that can't make its pods says so on the Deployment too; the new set's word comes first. */
function withFailure(conditions: Conditions, { young, old }: Sets): Conditions {
  const failures = [...(young ? [young] : []), ...old].flatMap((set) =>
    (set.status?.conditions ?? []).filter(({ type }) => type === 'ReplicaFailure'),
  )
  const bare = withoutCondition(conditions, 'ReplicaFailure')
  return failures[0] ? [...bare, failures[0]] : bare
}
