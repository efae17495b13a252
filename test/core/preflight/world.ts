import { type Json, withValue } from '../../../src/core/json.ts'
import { type Kind, keyOf } from '../../../src/core/kinds.ts'
import type { Deployment, KubeObject, Pod, PodTemplate, ReplicaSet, Service } from '../../../src/core/objects.ts'
import type { PreflightCase } from '../../../src/core/preflight/case.ts'
import type { Complaint } from '../../../src/core/preflight/complaint.ts'
import { preflight } from '../../../src/core/preflight/preflight.ts'
import type { View } from '../../../src/core/view.ts'

/** Values at JSON Pointers of objects, by `Kind/name`; `null` removes. */
type Edits = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface World extends Partial<Omit<PreflightCase, 'view' | 'newTemplate'>> {
  /** Instead of the healthy service of 4 pods. */
  readonly objects?: readonly KubeObject[]
  readonly also?: readonly KubeObject[]
  readonly without?: readonly string[]
  readonly set?: Edits
  /** Edits of the live template, in the deployment and in what is released. */
  readonly template?: Readonly<Record<string, unknown>>
  /** Edits of what is released only. */
  readonly newTemplate?: Readonly<Record<string, unknown>>
}

export const labels = { app: 'web', tier: 'front' }

const template: PodTemplate = {
  metadata: { labels },
  spec: {
    containers: [
      {
        name: 'app',
        image: 'registry.test/web:v1',
        ports: [{ name: 'http', containerPort: 8080 }],
        resources: { requests: { cpu: '500m', memory: '256Mi' } },
      },
    ],
  },
}

export const deployment = (replicas = 4, name = 'web'): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, generation: 7 },
  spec: { replicas, selector: { matchLabels: { app: name } }, strategy: { type: 'RollingUpdate' }, template },
  status: { observedGeneration: 7, replicas, updatedReplicas: replicas, readyReplicas: replicas },
})

export const replicaSet = (hash: string, replicas: number, ready = replicas, owner = 'web'): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `${owner}-${hash}`,
    uid: `uid-${owner}-${hash}`,
    labels: { app: owner, 'pod-template-hash': hash },
    ownerReferences: [{ kind: 'Deployment', name: owner, uid: `uid-${owner}`, controller: true }],
  },
  spec: { replicas, selector: {}, template },
  status: { replicas, readyReplicas: ready },
})

export const pod = (
  index: number,
  more: { hash?: string; node?: string; ready?: boolean; owner?: string } = {},
): Pod => {
  const { hash = 'old', node = `node-${index}`, ready = true, owner = 'web' } = more
  const set = `${owner}-${hash}`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${set}-${index}`,
      uid: `uid-${set}-${index}`,
      labels: { ...labels, 'pod-template-hash': hash },
      ownerReferences: [{ kind: 'ReplicaSet', name: set, uid: `uid-${set}`, controller: true }],
    },
    spec: { ...template.spec, nodeName: node },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }
}

export const service = (name = 'web', spec: Partial<Service['spec']> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { clusterIP: '10.0.0.1', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }], ...spec },
})

export const object = (kind: string, name: string, rest: Readonly<Record<string, unknown>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  ...rest,
  metadata: { name, namespace: 'shop', ...(rest['metadata'] as object) },
})

export const node = (index: number, allocatable = { cpu: '4', memory: '8Gi', pods: '110' }, spec = {}): KubeObject =>
  object('Node', `node-${index}`, { metadata: { labels: { zone: `z${index % 2}` } }, spec, status: { allocatable } })

const route = object('HTTPRoute', 'web', {
  spec: { rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] },
})

const four = [0, 1, 2, 3]

export const healthy: readonly KubeObject[] = [
  deployment(),
  replicaSet('old', 4),
  replicaSet('older', 0),
  ...four.map((index) => pod(index)),
  service(),
]

export const nodes = (count: number): KubeObject[] => Array.from({ length: count }, (_, index) => node(index))

export const viewOf = (objects: readonly KubeObject[]): View => ({
  at: 0,
  namespace: 'shop',
  objects: new Map(objects.map((one) => [keyOf({ kind: one.kind as Kind, name: one.metadata.name }), one])),
  silentSince: null,
})

const edited = <T>(value: T, edits: Readonly<Record<string, unknown>> = {}): T =>
  Object.entries(edits).reduce<Json>((now, [path, to]) => withValue(now, path, to as Json), value as Json) as T

/** A rolling release of a healthy service of 4 pods on 10 nodes, but for what a test is about. */
export function given(world: World = {}): PreflightCase {
  const { objects = healthy, also = [], without = [], set = {}, template: live, newTemplate, ...rest } = world
  const ours = edited(template, live)
  const there = [...objects, ...also]
    .filter((one) => !without.includes(`${one.kind}/${one.metadata.name}`))
    .map((one) =>
      one.metadata.name === 'web' && one.kind !== 'Service' && live ? edited(one, { '/spec/template': ours }) : one,
    )
    .map((one) => edited(one, set[`${one.kind}/${one.metadata.name}`]))
  return {
    view: viewOf(there),
    nodes: nodes(10),
    workload: { kind: 'Deployment', namespace: 'shop', name: 'web' },
    strategy: { name: 'rolling', traffic: 'in-place' },
    router: null,
    route: null,
    service: 'web',
    secondary: 'web-rolling',
    peakPercent: 25,
    emergency: false,
    excludedPins: [],
    version: 'v2',
    ...rest,
    newTemplate: edited(ours, newTemplate),
  }
}

/** The same service, released by a canary through an HTTPRoute. */
export const canary = (world: World = {}): PreflightCase =>
  given({
    strategy: { name: 'canary', traffic: 'routed' },
    router: 'gateway-api',
    route: { kind: 'HTTPRoute', namespace: 'shop', name: 'web' },
    secondary: 'web-canary',
    peakPercent: 100,
    ...world,
    also: [route, ...(world.also ?? [])],
  })

export const statefulSet = (more: Readonly<Record<string, unknown>> = {}): KubeObject =>
  edited(
    object('StatefulSet', 'web', {
      metadata: { uid: 'uid-web', generation: 2 },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'web' } },
        updateStrategy: { type: 'RollingUpdate' },
        template,
      },
      status: { observedGeneration: 2, readyReplicas: 3, currentRevision: 'web-1', updateRevision: 'web-1' },
    }),
    more,
  )

/** `refuse paused`, in the order in which it is told; what every routed release is told is left out. */
export const told = (input: PreflightCase): string[] =>
  preflight(input)
    .filter(({ code }) => code !== 'service-bypass')
    .map(({ level, code }) => `${level} ${code}`)

export const complaint = (input: PreflightCase, code: string): Complaint => {
  const found = preflight(input).find((one) => one.code === code)
  if (!found) throw new Error(`no ${code} among ${told(input).join(', ') || 'nothing'}`)
  return found
}
