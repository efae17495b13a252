import type { Pod, ReplicaSet } from '../../core/objects.ts'
import type { Millis } from '../../core/time.ts'
import { isReady, readySince } from '../../core/view.ts'
import { controllerOf, type World } from '../world.ts'

/**
 * Which pods go first when there are too many (Kubernetes pkg/controller/controller_utils.go, `ActivePodsWithRanks`):
 * those that are furthest from serving, then those that share a node with many others, then the youngest.
 */
export function leastNeeded(world: World, set: ReplicaSet, pods: readonly Pod[], count: number, now: Millis): Pod[] {
  const neighbours = readyPodsByNode(world, set)
  const ranks: readonly ((pod: Pod) => number)[] = [
    (pod) => (pod.spec.nodeName === undefined ? 0 : 1),
    (pod) => ['Pending', 'Unknown', 'Running'].indexOf(pod.status?.phase ?? 'Pending'),
    (pod) => (isReady(pod) ? 1 : 0),
    (pod) => Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0),
    (pod) => -(neighbours.get(pod.spec.nodeName ?? '') ?? 0),
    (pod) => ageRank(readySince(pod), now),
    (pod) => -Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount)),
    (pod) => ageRank(Date.parse(pod.metadata.creationTimestamp ?? ''), now),
  ]
  const compare = (a: Pod, b: Pod): number => {
    for (const rank of ranks) if (rank(a) !== rank(b)) return rank(a) - rank(b)
    return (a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? -1 : 1
  }
  return [...pods].sort(compare).slice(0, count)
}

/** Ages are compared by their logarithm, so that not always the youngest of a row of equals goes (KEP 2185). */
const ageRank = (since: Millis | null, now: Millis): number =>
  since === null ? 0 : Math.floor(Math.log2(Math.max(1, (now - since) * 1e6)))

/** Ready pods of all sets of the same owner. */
function readyPodsByNode(world: World, set: ReplicaSet): Map<string, number> {
  const owner = controllerOf(set)?.uid
  const family = new Set(
    world
      .all('ReplicaSet', set.metadata.namespace)
      .filter((other) => owner !== undefined && controllerOf(other)?.uid === owner)
      .map(({ metadata }) => metadata.uid),
  )
  const counts = new Map<string, number>()
  for (const pod of world.all('Pod', set.metadata.namespace)) {
    if (!isReady(pod) || !family.has(controllerOf(pod)?.uid)) continue
    const node = pod.spec.nodeName ?? ''
    counts.set(node, (counts.get(node) ?? 0) + 1)
  }
  return counts
}
