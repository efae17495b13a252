import type { Deployment, ReplicaSet } from '../objects.ts'
import { isTerminating, podsOf, replicaSetsOf, type View } from '../view.ts'
import type { Complaint } from './complaint.ts'
import { noHash, noPods, notObserved, otherTemplate, twoSets, unhealthy } from './not-stable.ts'

/** What serves now: a ReplicaSet and its pod-template-hash. For a StatefulSet the name is its revision and `set` is null. */
export interface Stable {
  readonly set: ReplicaSet | null
  readonly hash: string
}

/**
 * The one ReplicaSet whose pods serve, when it is the only one that has any, all that were asked for are there and
 * Ready, and the controller has seen the newest edit. Else what speaks against it.
 */
export function stableOf(
  view: View,
  deployment: Deployment,
): { readonly set: ReplicaSet; readonly hash: string } | Complaint {
  const { name } = deployment.metadata
  if ((deployment.status?.observedGeneration ?? 0) < (deployment.metadata.generation ?? 0)) return notObserved(name)
  const live = replicaSetsOf(view, deployment).filter((set) => hasPods(view, set))
  const [set, ...others] = live
  if (!set) return noPods(view, name)
  if (others.length > 0) return twoSets(view, name, live)
  const want = deployment.spec.replicas ?? 1
  if ((deployment.status?.updatedReplicas ?? 0) < (set.status?.replicas ?? 0)) return otherTemplate(view, name, set)
  const ready = set.status?.readyReplicas ?? 0
  if (ready < want || (set.status?.replicas ?? 0) !== want) return unhealthy(view, name, set, ready, want)
  const hash = set.metadata.labels?.['pod-template-hash']
  return hash === undefined ? noHash(set) : { set, hash }
}

/** A set that was asked for pods and can't make any is live, too: its controller goes on trying. */
const hasPods = (view: View, set: ReplicaSet): boolean =>
  (set.spec.replicas ?? 1) > 0 ||
  (set.status?.replicas ?? 0) > 0 ||
  podsOf(view, set).some((pod) => !isTerminating(pod) && pod.status?.phase !== 'Failed')
