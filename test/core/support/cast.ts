import { type Json, withValue } from '../../../src/core/json.ts'
import { type Kind, keyOf, kinds, type Ref } from '../../../src/core/kinds.ts'
import { marks } from '../../../src/core/marks.ts'
import type { KubeObject } from '../../../src/core/objects.ts'
import type { Unit } from '../../../src/core/plan.ts'
import { type Millis, second, stamp } from '../../../src/core/time.ts'
import type { View } from '../../../src/core/view.ts'
import { planOf, type PlanWish } from '../../support/plans.ts'

export const run = 'r7f3'
const namespace = 'shop'
export const now: Millis = Date.UTC(2026, 0, 2, 3, 0, 0)

export const ref = (kind: Kind, name = 'web'): Ref => ({ kind, namespace, name })

/** The API server counts changes of these; of the others it does not. */
const counted: ReadonlySet<Kind> = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'HTTPRoute'])

export const thing = (kind: Kind, name: string, rest: Readonly<Record<string, unknown>> = {}): KubeObject => ({
  apiVersion: kinds[kind].apiVersion,
  kind,
  ...rest,
  metadata: {
    name,
    namespace,
    uid: `uid-${name}`,
    resourceVersion: '100',
    ...(counted.has(kind) && { generation: 1 }),
    ...(rest['metadata'] as object | undefined),
  },
})

/** The first unit of a plan. */
export const unitIn = (wish: PlanWish = {}): Unit => {
  const unit = planOf(wish).waves[0]?.units[0]
  if (!unit) throw new Error('a plan without a unit')
  return unit
}

export const viewOf = (...objects: readonly KubeObject[]): View => ({
  at: now,
  namespace,
  objects: new Map(objects.map((one) => [keyOf({ kind: one.kind as Kind, name: one.metadata.name }), one])),
  silentSince: null,
})

export const put = (view: View, ...objects: readonly KubeObject[]): View => ({
  ...view,
  objects: new Map([...view.objects, ...viewOf(...objects).objects]),
})

export function without(view: View, object: Ref): View {
  const objects = new Map(view.objects)
  objects.delete(keyOf(object))
  return { ...view, objects }
}

export const live = (view: View, object: Ref): KubeObject => {
  const found = view.objects.get(keyOf(object))
  if (!found) throw new Error(`no ${keyOf(object)}`)
  return found
}

/** Somebody changed one field: another value, another resourceVersion. */
export function edited(view: View, object: Ref, path: string, to: Json): View {
  const before = live(view, object)
  const version = String(Number(before.metadata.resourceVersion) + 1)
  const after = withValue(withValue(before as unknown as Json, path, to), '/metadata/resourceVersion', version)
  return put(view, after as unknown as KubeObject)
}

const owner = (kind: string, name: string) => [{ kind, name, uid: `uid-${name}`, controller: true }]

export interface PodWish {
  readonly track?: 'stable' | 'new' | 'other'
  /** `false`: not Ready; else Ready for so many milliseconds. */
  readonly readyFor?: Millis | false
  readonly terminating?: boolean
  readonly labels?: Readonly<Record<string, string>>
}

const setName = { stable: 'web-7c9f6d5b8', new: 'web-new', other: 'web-other' } as const

export function podOf(name: string, wish: PodWish = {}): KubeObject {
  const { track = 'new', readyFor = 60 * second, terminating = false, labels = {} } = wish
  const status = readyFor === false ? 'False' : 'True'
  return thing('Pod', name, {
    metadata: {
      ownerReferences: owner('ReplicaSet', setName[track]),
      creationTimestamp: stamp(now - 600 * second),
      labels: { app: 'web', ...(track === 'new' && { [marks.release]: run }), ...labels },
      ...(terminating && { deletionTimestamp: stamp(now) }),
    },
    spec: { containers: [{ name: 'app', image: 'x' }] },
    status: { conditions: [{ type: 'Ready', status, lastTransitionTime: stamp(now - (readyFor || 0)) }] },
  })
}

export interface Cast {
  readonly replicas?: number
  /** Ready pods of each set. */
  readonly stable?: number
  readonly fresh?: number
  readonly observed?: number
  readonly status?: Readonly<Record<string, number>>
}

export const deploymentOf = ({ replicas = 4, observed = 1, status = {} }: Cast = {}): KubeObject =>
  thing('Deployment', 'web', {
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: { spec: { containers: [] } } },
    status: { observedGeneration: observed, ...status },
  })

export const setOf = (track: 'stable' | 'new' | 'other', replicas: number): KubeObject =>
  thing('ReplicaSet', setName[track], {
    metadata: { ownerReferences: owner('Deployment', 'web') },
    spec: {
      replicas,
      selector: {},
      template: { metadata: { labels: track === 'new' ? { [marks.release]: run } : {} }, spec: { containers: [] } },
    },
    status: { replicas },
  })

/** The Deployment `web`, its two sets, and that many Ready pods of each. */
export function castOf(cast: Cast = {}): View {
  const { stable = 4, fresh = 0 } = cast
  const pods = (track: 'stable' | 'new', count: number) =>
    Array.from({ length: count }, (_, index) => podOf(`${track}-${index}`, { track }))
  return viewOf(
    deploymentOf(cast),
    setOf('stable', stable),
    ...(fresh > 0 ? [setOf('new', fresh)] : []),
    ...pods('stable', stable),
    ...pods('new', fresh),
  )
}

/** What the Service sends to, by names of pods. */
export const sliceOf = (service: string, pods: readonly string[], ready = true): KubeObject =>
  thing('EndpointSlice', `${service}-slice-${pods.join('-')}`, {
    metadata: { labels: { 'kubernetes.io/service-name': service } },
    endpoints: pods.map((name) => ({ conditions: { ready }, targetRef: { kind: 'Pod', name, uid: `uid-${name}` } })),
  })
