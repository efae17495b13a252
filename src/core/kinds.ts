/** The kinds of Kubernetes objects that a release reads or writes. One line here is all that a new kind needs. */
export const kinds = {
  Deployment: { apiVersion: 'apps/v1', plural: 'deployments' },
  StatefulSet: { apiVersion: 'apps/v1', plural: 'statefulsets' },
  ReplicaSet: { apiVersion: 'apps/v1', plural: 'replicasets' },
  ControllerRevision: { apiVersion: 'apps/v1', plural: 'controllerrevisions' },
  DaemonSet: { apiVersion: 'apps/v1', plural: 'daemonsets' },
  Pod: { apiVersion: 'v1', plural: 'pods' },
  Service: { apiVersion: 'v1', plural: 'services' },
  ConfigMap: { apiVersion: 'v1', plural: 'configmaps' },
  Event: { apiVersion: 'v1', plural: 'events' },
  Node: { apiVersion: 'v1', plural: 'nodes', clusterScoped: true },
  Namespace: { apiVersion: 'v1', plural: 'namespaces', clusterScoped: true },
  Lease: { apiVersion: 'coordination.k8s.io/v1', plural: 'leases' },
  Job: { apiVersion: 'batch/v1', plural: 'jobs' },
  ResourceQuota: { apiVersion: 'v1', plural: 'resourcequotas' },
  LimitRange: { apiVersion: 'v1', plural: 'limitranges' },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices' },
  PodDisruptionBudget: { apiVersion: 'policy/v1', plural: 'poddisruptionbudgets' },
  HorizontalPodAutoscaler: { apiVersion: 'autoscaling/v2', plural: 'horizontalpodautoscalers' },
  HTTPRoute: { apiVersion: 'gateway.networking.k8s.io/v1', plural: 'httproutes' },
  GRPCRoute: { apiVersion: 'gateway.networking.k8s.io/v1', plural: 'grpcroutes' },
} as const satisfies Record<string, { apiVersion: string; plural: string; clusterScoped?: true }>

export type Kind = keyof typeof kinds

/** An object in one cluster: which cluster is known by the unit that it belongs to. */
export interface Ref {
  readonly kind: Kind
  readonly namespace: string
  readonly name: string
}

/** `deployment/web`, as people type it. */
export const refName = (ref: { readonly kind: string; readonly name: string }): string =>
  `${ref.kind.toLowerCase()}/${ref.name}`

/** `Deployment/web`: the key of an object inside a View, which is of one namespace. */
export type RefKey = `${Kind}/${string}`
export const keyOf = (ref: Pick<Ref, 'kind' | 'name'>): RefKey => `${ref.kind}/${ref.name}`
