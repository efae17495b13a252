import { type Kind, keyOf, type RefKey } from './kinds.ts'
import type {
  Deployment,
  EndpointSlice,
  KubeEvent,
  KubeObject,
  LabelSelector,
  Pod,
  ReplicaSet,
  Service,
  StatefulSet,
} from './objects.ts'
import type { Millis } from './time.ts'

/**
 * What was seen of one namespace of one cluster, as of `at`. A value: nothing in it changes, the next observation is
 * another View. `silentSince` is set while a watch has no connection: what stands here may be old, so nothing may pass.
 */
export interface View {
  readonly at: Millis
  readonly namespace: string
  readonly objects: ReadonlyMap<RefKey, KubeObject>
  readonly silentSince: Millis | null
}

interface KindType {
  Deployment: Deployment
  StatefulSet: StatefulSet
  ReplicaSet: ReplicaSet
  Pod: Pod
  Service: Service
  EndpointSlice: EndpointSlice
  Event: KubeEvent
}
type ObjectOf<K extends Kind> = K extends keyof KindType ? KindType[K] : KubeObject

export function find<K extends Kind>(view: View, kind: K, name: string): ObjectOf<K> | undefined {
  return view.objects.get(keyOf({ kind, name })) as ObjectOf<K> | undefined
}

export function all<K extends Kind>(view: View, kind: K): ObjectOf<K>[] {
  const found: ObjectOf<K>[] = []
  for (const [key, object] of view.objects) if (key.startsWith(`${kind}/`)) found.push(object as ObjectOf<K>)
  return found
}

/** Label selectors as the API server reads them; an empty selector matches everything. */
export function matches(selector: LabelSelector, labels: Readonly<Record<string, string>> = {}): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
  return (
    equal &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key]
      if (operator === 'In') return value !== undefined && values.includes(value)
      if (operator === 'NotIn') return value === undefined || !values.includes(value)
      return operator === 'Exists' ? value !== undefined : value === undefined
    })
  )
}

export const ownedBy = (object: KubeObject, owner: KubeObject): boolean =>
  (object.metadata.ownerReferences ?? []).some((ref) => ref.controller === true && ref.uid === owner.metadata.uid)

export const replicaSetsOf = (view: View, deployment: Deployment): ReplicaSet[] =>
  all(view, 'ReplicaSet').filter((set) => ownedBy(set, deployment))

/** Pods of a ReplicaSet or StatefulSet, those that are on their way out included. */
export const podsOf = (view: View, owner: KubeObject): Pod[] => all(view, 'Pod').filter((pod) => ownedBy(pod, owner))

export const isTerminating = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined

const readyCondition = (pod: Pod) => pod.status?.conditions?.find((condition) => condition.type === 'Ready')

export const isReady = (pod: Pod): boolean => !isTerminating(pod) && readyCondition(pod)?.status === 'True'

/** How often its containers were started again. */
export const restartsOf = ({ status }: Pod): number =>
  (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0)

/** Since when the pod is Ready (the API server's clock), `null` when it is not. */
export function readySince(pod: Pod): Millis | null {
  if (!isReady(pod)) return null
  return Date.parse(readyCondition(pod)?.lastTransitionTime ?? pod.metadata.creationTimestamp ?? '')
}

/** The uids of the pods that a Service sends requests to now. */
export function endpointsOf(view: View, service: string): ReadonlySet<string> {
  const uids = new Set<string>()
  for (const slice of all(view, 'EndpointSlice')) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== service) continue
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.targetRef && endpoint.conditions?.ready !== false) uids.add(endpoint.targetRef.uid)
    }
  }
  return uids
}
