import { at, isObject, type Json, type JsonObject, token } from '../core/json.ts'
import { type Kind, kinds, type Ref } from '../core/kinds.ts'
import type { Deployment, KubeObject, Pod } from '../core/objects.ts'
import type { Millis } from '../core/time.ts'
import { matches } from '../core/view.ts'
import type { PatchOp } from '../ports.ts'
import { Refused } from './api/refused.ts'
import type { Server } from './api/server.ts'
import { merged } from './merge.ts'
import type { Store } from './store.ts'
import { isClusterWide, keyOf, stamped } from './world.ts'

/**
 * What others do to a cluster while a release runs: people, pipelines, autoscalers. At once, without a network between,
 * and under the names that managedFields then shows. Throws what the API server, or kubectl, would answer.
 */
export interface Acts {
  /** `kubectl apply`; makes the namespace too when there is none. */
  apply(objects: readonly object[]): void
  /** `kubectl replace`: nothing of what stood there stays. */
  replace(object: object, manager?: string): KubeObject
  patch(ref: Ref, ops: readonly PatchOp[], manager?: string): KubeObject
  /** `kubectl set image`, of the first container. */
  setImage(ref: Ref, image: string): void
  /** `kubectl set env`, of the first container. */
  setEnv(ref: Ref, name: string, value: string): void
  /** `kubectl rollout restart`. */
  restart(ref: Ref): void
  /** `kubectl scale`. */
  scale(ref: Ref, replicas: number): void
  /** What a HorizontalPodAutoscaler of this name would do when its metric asks for so many: within its limits and rules. */
  autoscale(ref: Ref, replicas: number): void
  /** `kubectl annotate`; `null` removes. */
  annotate(ref: Ref, annotations: Readonly<Record<string, string | null>>): void
  /** All present pods with these labels behave otherwise from now on: `err5 lat300`; '' ends it. See rules/profile.ts. */
  misbehave(namespace: string, labels: Readonly<Record<string, string>>, words: string): void
  /** `kubectl delete`. */
  delete(ref: Ref): void
  /** `kubectl drain` does this to each pod; a PodDisruptionBudget may refuse it (429). */
  evict(pod: Ref): void
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

export interface ActsOptions {
  readonly server: Server
  readonly store: Store
  readonly now: () => Millis
}

export function actsOn({ server, store, now }: ActsOptions): Acts {
  const live = (ref: Ref): KubeObject => server.get(ref)
  const patch = (object: Ref, ops: readonly PatchOp[], manager = 'kubectl-patch'): KubeObject =>
    server.write({ verb: 'patch', object, ops }, { manager })
  /** Sets a member, and the objects above it that are not there. */
  const set = (ref: Ref, path: readonly string[], value: Json, manager: string): void => {
    const object = live(ref)
    const pointer = (length: number): string =>
      path
        .slice(0, length)
        .map((key) => `/${token(key)}`)
        .join('')
    const missing = path
      .map((_, index) => pointer(index))
      .filter((parent) => parent !== '' && at(object, parent) === null)
    patch(ref, [...missing.map((parent) => adding(parent, {})), adding(pointer(path.length), value)], manager)
  }

  const apply = (given: object): void => {
    const { ref, body } = refOfManifest(given)
    const known = store.get(keyOf(ref))
    const text = `${JSON.stringify(body)}\n`
    const how = { manager: 'kubectl-client-side-apply' }
    const noted = withAnnotation(body, lastApplied, text)
    if (!known) {
      ensureNamespace(ref)
      server.write({ verb: 'create', object: ref, body: noted }, how)
      return
    }
    const last = known.metadata.annotations?.[lastApplied]
    const next = merged(known as unknown as JsonObject, last ? (JSON.parse(last) as JsonObject) : {}, noted)
    patch(ref, [{ op: 'replace', path: '', value: next }], how.manager)
  }
  const ensureNamespace = ({ kind, namespace }: Ref): void => {
    if (isClusterWide(kind) || store.get(keyOf({ kind: 'Namespace', namespace: '', name: namespace }))) return
    store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  }

  const annotate = (ref: Ref, annotations: Readonly<Record<string, string | null>>): void => {
    for (const [key, value] of Object.entries(annotations)) {
      const path = ['metadata', 'annotations', key]
      if (value !== null) set(ref, path, value, 'kubectl-annotate')
      else if (live(ref).metadata.annotations?.[key] !== undefined)
        patch(ref, [{ op: 'remove', path: `/metadata/annotations/${token(key)}` }], 'kubectl-annotate')
    }
  }
  const scaleTo = (ref: Ref, replicas: number, manager: string): void => {
    patch(ref, [adding('/spec/replicas', replicas)], manager)
  }

  return {
    apply: (objects) => {
      for (const object of objects) apply(object)
    },
    replace: (given, manager = 'kubectl-replace') => {
      const { ref, body } = refOfManifest(given)
      const { uid, resourceVersion, namespace } = live(ref).metadata
      const metadata = isObject(body['metadata']) ? body['metadata'] : {}
      const value = { ...body, metadata: { ...metadata, ...(namespace && { namespace }), uid, resourceVersion } }
      return patch(ref, [{ op: 'replace', path: '', value }], manager)
    },
    patch,
    setImage: (ref, image) => void patch(ref, [adding('/spec/template/spec/containers/0/image', image)], 'kubectl-set'),
    setEnv: (ref, name, value) => {
      const path = '/spec/template/spec/containers/0/env'
      const env = (at(live(ref), path) ?? []) as readonly JsonObject[]
      const others = env.filter((one) => one['name'] !== name)
      patch(ref, [adding(path, [...others, { name, value }])], 'kubectl-set')
    },
    restart: (ref) => {
      if ((live(ref) as Deployment).spec.paused)
        throw new Error("can't restart paused deployment (run rollout resume first)")
      const path = ['spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt']
      set(ref, path, stamped(now()), 'kubectl-rollout')
    },
    scale: (ref, replicas) => scaleTo(ref, replicas, 'kubectl'),
    autoscale: (ref, replicas) => {
      const spec = live(ref)['spec'] as AutoscalerSpec
      const { kind, name } = spec.scaleTargetRef
      const target: Ref = { kind, namespace: ref.namespace, name }
      const present = (live(target) as Deployment).spec.replicas ?? 1
      const next = Math.min(spec.maxReplicas, Math.max(spec.minReplicas ?? 1, replicas))
      const policy = spec.behavior?.[next < present ? 'scaleDown' : 'scaleUp']?.selectPolicy
      if (next !== present && policy !== 'Disabled') scaleTo(target, next, 'kube-controller-manager')
    },
    annotate,
    misbehave: (namespace, labels, words) => {
      for (const { metadata } of store
        .all('Pod', namespace)
        .filter((pod) => matches({ matchLabels: labels }, pod.metadata.labels)))
        annotate({ kind: 'Pod', namespace, name: metadata.name }, { 'sim/fault': words || null })
    },
    delete: (ref) => {
      const { uid = '' } = live(ref).metadata
      server.write({ verb: 'delete', object: ref, uid }, { manager: 'kubectl' })
    },
    evict: (ref) => {
      const pod = live(ref) as Pod
      const guards = store
        .all('PodDisruptionBudget', ref.namespace)
        .filter((budget) => matches((budget['spec'] as { selector?: object }).selector ?? {}, pod.metadata.labels))
      for (const budget of guards) {
        const { disruptionsAllowed = 0 } = (budget['status'] ?? {}) as { disruptionsAllowed?: number }
        if (disruptionsAllowed <= 0) throw disruptionRefused
        store.put({
          ...budget,
          status: { ...(budget['status'] as object), disruptionsAllowed: disruptionsAllowed - 1 },
        })
      }
      server.write({ verb: 'delete', object: ref, uid: pod.metadata.uid ?? '' }, { manager: 'kubectl' })
    },
  }
}

interface AutoscalerSpec {
  readonly scaleTargetRef: { readonly kind: 'Deployment' | 'StatefulSet'; readonly name: string }
  readonly minReplicas?: number
  readonly maxReplicas: number
  readonly behavior?: Readonly<Partial<Record<'scaleUp' | 'scaleDown', { readonly selectPolicy?: string }>>>
}

const adding = (path: string, value: Json): PatchOp => ({ op: 'add', path, value })

const disruptionRefused = new Refused(
  429,
  'TooManyRequests',
  "Cannot evict pod as it would violate the pod's disruption budget.",
)

function refOfManifest(given: object): { readonly ref: Ref; readonly body: JsonObject } {
  const body = given as unknown as JsonObject
  const { kind, metadata } = given as Partial<KubeObject>
  if (!kind || !(kind in kinds) || !metadata?.name) throw new Error('a manifest needs a known kind and a name')
  return { ref: { kind: kind as Kind, namespace: metadata.namespace ?? 'default', name: metadata.name }, body }
}

function withAnnotation(body: JsonObject, key: string, value: string): JsonObject {
  const metadata = isObject(body['metadata']) ? body['metadata'] : {}
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {}
  return { ...body, metadata: { ...metadata, annotations: { ...annotations, [key]: value } } }
}
