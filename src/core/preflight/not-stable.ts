import type { Pod, ReplicaSet } from '../objects.ts'
import { isReady, isTerminating, podsOf, type View } from '../view.ts'
import type { Complaint } from './complaint.ts'

export const hurry = "the same command with --emergency --reason '…': plain, in place, nothing compared"

const refusal = (code: string, what: string, why: string, remedy: string): Complaint => ({
  level: 'refuse',
  code,
  what,
  why,
  remedy,
})

export const notObserved = (name: string, kind = 'deployment'): Complaint =>
  refusal(
    'stable-unknown',
    `the controller has not yet seen the newest edit of ${kind} ${name}`,
    'what serves now may be about to change',
    'try again in a few seconds; if it stays so, kube-controller-manager is not at work',
  )

export const noHash = ({ metadata: { name } }: ReplicaSet): Complaint =>
  refusal(
    'stable-unknown',
    `replicaset ${name} has no label pod-template-hash`,
    'Services are held to the pods that serve now by that label',
    'restart the roll-out, so that the Deployment controller makes a set of its own',
  )

export const noPods = ({ namespace }: View, name: string): Complaint =>
  refusal(
    'stable-missing',
    `deployment ${name} asks for pods and no ReplicaSet of it has any`,
    'nothing serves now, so there is nothing to compare with and nothing to go back to',
    `kubectl -n ${namespace} describe deployment/${name} says why; ${hurry}`,
  )

export const twoSets = ({ namespace }: View, name: string, sets: readonly ReplicaSet[]): Complaint =>
  refusal(
    'two-live-sets',
    `${sets.length} ReplicaSets of deployment ${name} have pods: ${sets.map(counted).join(', ')}`,
    'a roll-out is under way or stuck, so it is not known which version is the good one',
    `kubectl -n ${namespace} rollout status deployment/${name} (or rollout undo), then try again; or ${hurry}`,
  )

const counted = ({ metadata, status }: ReplicaSet): string =>
  `${metadata.name} (${status?.readyReplicas ?? 0} of ${status?.replicas ?? 0} ready)`

export const otherTemplate = ({ namespace }: View, name: string, set: ReplicaSet): Complaint =>
  refusal(
    'roll-out-waiting',
    `the template of deployment ${name} is not the one that its pods in ${set.metadata.name} were made from`,
    'the way back would bring a version that has never served',
    `kubectl -n ${namespace} rollout status deployment/${name}, then try again; or ${hurry}`,
  )

export function unhealthy(view: View, name: string, set: ReplicaSet, ready: number, want: number): Complaint {
  const bad = podsOf(view, set).filter((pod) => !isTerminating(pod) && !isReady(pod))
  return unready({ called: `deployment ${name}`, namespace: view.namespace, ready, want, bad })
}

export function unready({
  called,
  namespace,
  ready,
  want,
  bad,
}: {
  readonly called: string
  readonly namespace: string
  readonly ready: number
  readonly want: number
  readonly bad: readonly Pod[]
}): Complaint {
  const names = bad.slice(0, 3).map((pod) => pod.metadata.name)
  const more = bad.length > 3 ? ` and ${bad.length - 3} more` : ''
  const first = names[0] ? `pod/${names[0]}` : called.replace(' ', '/')
  return refusal(
    'stable-unhealthy',
    `${ready} of ${want} pods of ${called} are ready${names.length > 0 ? `: not ${names.join(', ')}${more}` : ''}`,
    'a release is judged against what serves now, and goes back to it',
    `kubectl -n ${namespace} describe ${first} and mend it, then try again; if the new version is the cure: ${hurry}`,
  )
}
