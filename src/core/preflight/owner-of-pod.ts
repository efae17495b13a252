import type { KubeObject, LabelSelector, Pod } from '../objects.ts'
import { all, find, isTerminating, matches, ownedBy, podsOf, replicaSetsOf, type View } from '../view.ts'

/** Pods that a selector reaches and that are not this workload's, those on their way out left aside. */
export function foreignPods(view: View, selector: LabelSelector, workload: KubeObject): Pod[] {
  const own = new Set(podsUnder(view, workload).map(({ metadata }) => metadata.name))
  return all(view, 'Pod').filter(
    (pod) =>
      !isTerminating(pod) && !over(pod) && !own.has(pod.metadata.name) && matches(selector, pod.metadata.labels ?? {}),
  )
}

const over = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed'

/** Every pod of a workload, whichever of its ReplicaSets it is of. */
function podsUnder(view: View, workload: KubeObject): Pod[] {
  const deployment = workload.kind === 'Deployment' ? find(view, 'Deployment', workload.metadata.name) : undefined
  const owners = deployment ? replicaSetsOf(view, deployment) : [workload]
  return owners.flatMap((owner) => podsOf(view, owner))
}

/** For people: `deployment web-worker`, or the pod itself where nobody known made it. */
function makerOf(view: View, pod: Pod): string {
  const set = all(view, 'ReplicaSet').find((candidate) => ownedBy(pod, candidate))
  const owner = (set ?? pod).metadata.ownerReferences?.find(({ controller }) => controller === true)
  return owner ? `${owner.kind.toLowerCase()} ${owner.name}` : `pod ${pod.metadata.name}`
}

export const makersOf = (view: View, pods: readonly Pod[]): string[] => [
  ...new Set(pods.map((pod) => makerOf(view, pod))),
]
