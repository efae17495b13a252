import { type Kind, kinds, type Ref } from '../core/kinds.ts'
import type { Deployment, EndpointSlice, KubeObject, Pod, ReplicaSet, Service, StatefulSet } from '../core/objects.ts'
import type { Millis } from '../core/time.ts'

/** `Pod/shop/web-7f-x2x4z`: an object's place in a cluster. Cluster-wide objects have an empty namespace. */
export type Key = `${Kind}/${string}/${string}`

export const keyOf = ({ kind, namespace, name }: Ref): Key => `${kind}/${isClusterWide(kind) ? '' : namespace}/${name}`

export const isClusterWide = (kind: Kind): boolean => 'clusterScoped' in kinds[kind]

export const refOf = (object: KubeObject): Ref => ({
  kind: object.kind as Kind,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
})

export const keyOfObject = (object: KubeObject): Key => keyOf(refOf(object))

interface KindType {
  Deployment: Deployment
  StatefulSet: StatefulSet
  ReplicaSet: ReplicaSet
  Pod: Pod
  Service: Service
  EndpointSlice: EndpointSlice
}
export type ObjectOf<K extends Kind> = K extends keyof KindType ? KindType[K] : KubeObject

/** One cluster's objects as they are now. Rules only read it. */
export interface World {
  get(key: Key): KubeObject | undefined
  /** In the order in which they were made. */
  all<K extends Kind>(kind: K, namespace?: string): ObjectOf<K>[]
}

export function find<K extends Kind>(world: World, kind: K, namespace: string, name: string): ObjectOf<K> | undefined {
  return world.get(keyOf({ kind, namespace, name })) as ObjectOf<K> | undefined
}

/** What a rule wants done. The API server's own bookkeeping (versions, generations, uids) is not its business. */
export type Edit =
  | { readonly do: 'create'; readonly object: NewObject }
  | { readonly do: 'put'; readonly object: KubeObject }
  /** A pod ends gracefully, everything else goes at once. */
  | { readonly do: 'delete'; readonly key: Key }
  /** The object leaves for good, without grace. */
  | { readonly do: 'drop'; readonly key: Key }

/** An object before the API server gave it uid and version; without a name it gets one that begins so. */
export type NewObject = Omit<KubeObject, 'metadata'> & {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Omit<KubeObject['metadata'], 'name'> & { readonly name?: string; readonly generateName?: string }
}

/** What a rule decided, and when it wants to look again although nothing changed. */
export interface Turn {
  readonly edits: readonly Edit[]
  readonly again?: Millis
}

export const nothing: Turn = { edits: [] }

/**
 * One controller: a pure function from what is to what shall be. It is asked some time after one of the objects that
 * it cares about changed, as a real one is by its work queue.
 */
export interface Rule {
  readonly name: string
  /** What has to be looked at again when this object changed or went. */
  concerns(object: KubeObject, world: World): readonly Key[]
  /** How long it takes until it acts. */
  readonly delay: readonly [least: Millis, most: Millis]
  act(world: World, key: Key, now: Millis): Turn
}

/** The API server's clock shows whole seconds. */
export const stamped = (now: Millis): string => `${new Date(now).toISOString().slice(0, 19)}Z`

export const controllerOf = (object: KubeObject) =>
  (object.metadata.ownerReferences ?? []).find(({ controller }) => controller === true)

export const isOwnedBy = (object: KubeObject, owner: KubeObject): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid

/** The key of the controlling owner, when it is of this kind. */
export function ownerKey(object: KubeObject, kind: Kind): Key[] {
  const owner = controllerOf(object)
  return owner?.kind === kind ? [keyOf({ kind, namespace: object.metadata.namespace ?? '', name: owner.name })] : []
}

export const ownerReference = (owner: KubeObject) => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})
