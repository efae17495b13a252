import { type Kind, kinds } from '../../core/kinds.ts'
import { isClusterWide } from '../world.ts'

export interface KindFacts {
  readonly kind: Kind
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly isNamespaced: boolean
  readonly shortNames: readonly string[]
  /** `kubectl get all` asks for these. */
  readonly isInAll: boolean
  readonly subresources: readonly Subresource[]
}

export interface Subresource {
  readonly name: string
  readonly verbs: readonly string[]
  readonly group: string
  readonly version: string
  readonly kind: string
}

const shortNames: Readonly<Partial<Record<string, readonly string[]>>> = {
  Deployment: ['deploy'],
  StatefulSet: ['sts'],
  ReplicaSet: ['rs'],
  DaemonSet: ['ds'],
  Pod: ['po'],
  Service: ['svc'],
  ConfigMap: ['cm'],
  Event: ['ev'],
  Node: ['no'],
  Namespace: ['ns'],
  ResourceQuota: ['quota'],
  LimitRange: ['limits'],
  PodDisruptionBudget: ['pdb'],
  HorizontalPodAutoscaler: ['hpa'],
}

const inAll: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'ReplicaSet',
  'DaemonSet',
  'Pod',
  'Service',
  'HorizontalPodAutoscaler',
])

const scale: Subresource = {
  name: 'scale',
  verbs: ['get', 'patch', 'update'],
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
}
const ofPods: readonly Subresource[] = [
  { name: 'log', verbs: ['get'], group: '', version: 'v1', kind: 'Pod' },
  { name: 'eviction', verbs: ['create'], group: 'policy', version: 'v1', kind: 'Eviction' },
  { name: 'proxy', verbs: ['get'], group: '', version: 'v1', kind: 'PodProxyOptions' },
  { name: 'portforward', verbs: ['create', 'get'], group: '', version: 'v1', kind: 'PodPortForwardOptions' },
]
const subresources: Readonly<Partial<Record<string, readonly Subresource[]>>> = {
  Deployment: [scale],
  StatefulSet: [scale],
  ReplicaSet: [scale],
  Pod: ofPods,
}

/** What discovery tells of every kind that is modelled. */
export const kindFacts: readonly KindFacts[] = (Object.keys(kinds) as Kind[]).map((kind) => {
  const { apiVersion, plural } = kinds[kind]
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  return {
    kind,
    group,
    version,
    plural,
    singular: kind.toLowerCase(),
    isNamespaced: !isClusterWide(kind),
    shortNames: shortNames[kind] ?? [],
    isInAll: inAll.has(kind),
    subresources: subresources[kind] ?? [],
  }
})

export const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'] as const

/** Questions that can be asked, and are no objects. */
export const reviews = [
  { group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews' },
  { group: 'authorization.k8s.io', kind: 'SelfSubjectRulesReview', plural: 'selfsubjectrulesreviews' },
  { group: 'authentication.k8s.io', kind: 'SelfSubjectReview', plural: 'selfsubjectreviews' },
] as const
