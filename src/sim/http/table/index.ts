import type { JsonObject } from '../../../core/json.ts'
import type { Kind } from '../../../core/kinds.ts'
import type { KubeObject } from '../../../core/objects.ts'
import type { Millis } from '../../../core/time.ts'
import { age, type Column, name } from './columns.ts'
import { endpointSlice, route, service } from './network.ts'
import { pod } from './pod.ts'
import { autoscaler, budget, configMap, event, lease, namespace, node, quota } from './policy.ts'
import { deployment, replicaSet, statefulSet } from './workloads.ts'

/** What `kubectl get` shows of a kind; of all others their name and age. */
const columns: Readonly<Partial<Record<Kind, readonly Column[]>>> = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  ReplicaSet: replicaSet,
  Pod: pod,
  Service: service,
  EndpointSlice: endpointSlice,
  HTTPRoute: route,
  GRPCRoute: route,
  PodDisruptionBudget: budget,
  HorizontalPodAutoscaler: autoscaler,
  Event: event,
  ConfigMap: configMap,
  Lease: lease,
  Namespace: namespace,
  Node: node,
  ResourceQuota: quota,
}

export interface TableOf {
  readonly kind: Kind
  readonly objects: readonly KubeObject[]
  readonly now: Millis
  readonly metadata: JsonObject
  /** What of each object goes along. */
  readonly include: 'None' | 'Metadata' | 'Object'
  /** Only the first event of a watch has its columns named. */
  readonly isContinued?: boolean
}

/** Objects as the rows that `kubectl get` prints (`meta.k8s.io/v1` Table). */
export function table({ kind, objects, now, metadata, include, isContinued = false }: TableOf): JsonObject {
  const all = columns[kind] ?? [name, age]
  const columnDefinitions = all.map((column) => ({
    name: column.name,
    type: column.type,
    format: column.name === 'Name' ? 'name' : '',
    description: '',
    priority: column.isWide ? 1 : 0,
  }))
  const rows = objects.map((object) => ({
    cells: all.map(({ cell }) => cell(object, now)),
    ...(include !== 'None' && { object: include === 'Object' ? (object as unknown as JsonObject) : partial(object) }),
  }))
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: isContinued ? [] : columnDefinitions,
    rows,
  }
}

const partial = ({ metadata }: KubeObject): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: metadata as unknown as JsonObject,
})
