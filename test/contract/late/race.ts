import { DeployError } from '../../../src/core/errors.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { type Kind, keyOf, kinds, type Ref } from '../../../src/core/kinds.ts'
import type { KubeObject } from '../../../src/core/objects.ts'
import type { Mutation } from '../../../src/core/plan.ts'
import { type Fence, resolve } from '../../../src/core/resolve.ts'
import type { Cluster, Write } from '../../../src/ports.ts'
import { unitIn } from '../../core/support/cast.ts'

/** One kind of object, as a release has it: a field that is changed, and whether it is one that a release deletes. */
interface Raced {
  readonly kind: Kind
  readonly body: JsonObject
  readonly change: { readonly path: string; readonly to: (round: number) => string | number | JsonObject }
  readonly ours?: true
}

const labels = { app: 'late' }
const pods = {
  replicas: 0,
  selector: { matchLabels: labels },
  template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'registry.lab/web:1.0.0' }] } },
}
const note = (path: string) => ({ path, to: (round: number) => `by round ${round}` })
const noted = note('/metadata/annotations/deploy~1note')

const raced: readonly Raced[] = [
  { kind: 'Deployment', body: { spec: pods }, change: { path: '/spec/minReadySeconds', to: (round) => round + 1 } },
  { kind: 'StatefulSet', body: { spec: { ...pods, serviceName: 'late' } }, change: noted },
  { kind: 'ReplicaSet', body: { spec: pods }, change: note('/spec/template/metadata/annotations/deploy~1stable') },
  {
    kind: 'Service',
    body: { spec: { selector: labels, ports: [{ port: 80 }] } },
    change: { path: '/spec/selector', to: (round) => ({ ...labels, round: `r${round}` }) },
    ours: true,
  },
  {
    kind: 'PodDisruptionBudget',
    body: { spec: { minAvailable: 1, selector: { matchLabels: labels } } },
    change: noted,
    ours: true,
  },
  {
    kind: 'HorizontalPodAutoscaler',
    body: {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'late' },
        minReplicas: 1,
        maxReplicas: 2,
      },
    },
    change: { path: '/spec/maxReplicas', to: (round) => round + 3 },
  },
  {
    kind: 'HTTPRoute',
    body: {
      spec: { parentRefs: [{ name: 'late' }], rules: [{ backendRefs: [{ name: 'late', port: 80, weight: 1 }] }] },
    },
    change: { path: '/spec/rules/0/backendRefs/0/weight', to: (round) => round + 2 },
  },
  {
    kind: 'ConfigMap',
    body: { data: {} },
    change: { path: '/data', to: (round) => ({ round: `${round}` }) },
    ours: true,
  },
]

export interface RaceEnd {
  readonly kind: Kind
  readonly how: 'change' | 'delete'
  /** Accepted before the takeover, refused for it, or, which must never be, accepted after it. */
  readonly end: 'before' | 'refused' | 'LATE'
}

/**
 * Many takeovers of one object of each kind. In each the driver that is taken over writes at the very moment, and again
 * afterwards, from what it saw before: a change; where the object is one of ours, every other time a delete.
 */
export async function raceTakeovers(cluster: Cluster, namespace: string, rounds: number): Promise<RaceEnd[]> {
  const results: RaceEnd[] = []
  for (const one of raced) {
    let object = await made(cluster, namespace, one)
    for (let round = 1; round <= rounds; round += 1) {
      const deletes = one.ours === true && round % 2 === 0
      const found = await raceOnce({ cluster, namespace, one, object, round, deletes })
      results.push(...found.map((end) => ({ kind: one.kind, how: deletes ? 'delete' : 'change', end }) as const))
      object = (await cluster.get(refOf(one, namespace), call())) ?? (await made(cluster, namespace, one))
    }
  }
  return results
}

const call = () => ({ signal: AbortSignal.timeout(60_000) })
const refOf = ({ kind }: Raced, namespace: string): Ref => ({ kind, namespace, name: 'late' })

function made(cluster: Cluster, namespace: string, one: Raced): Promise<KubeObject> {
  const object = refOf(one, namespace)
  const metadata = { name: object.name, namespace, annotations: one.ours ? { 'deploy/token': 'r7f3.0' } : {} }
  const body = { apiVersion: kinds[one.kind].apiVersion, kind: one.kind, metadata, ...one.body }
  return cluster.write({ verb: 'create', object, body }, call()) as Promise<KubeObject>
}

interface Race {
  readonly cluster: Cluster
  readonly namespace: string
  readonly one: Raced
  readonly object: KubeObject
  readonly round: number
  readonly deletes: boolean
}

/** What became of the write that came at the same time, and of the one that came after. */
async function raceOnce({ cluster, namespace, one, object, round, deletes }: Race): Promise<RaceEnd['end'][]> {
  const ref = refOf(one, namespace)
  const { path, to } = one.change
  const change: Mutation = { verb: 'change', object: ref, changes: [{ path, from: [valueAt(object)], to: to(round) }] }
  const late = writesOf(deletes ? { verb: 'delete', object: ref } : change, object, round)
  const [before, taken] = await Promise.all([sent(cluster, late), takenBy(cluster, ref, object, round + 1)])
  const atOnce = before === null ? 'refused' : isLate(before, taken) ? 'LATE' : 'before'
  const after = await sent(cluster, late)
  return [atOnce, after === null || taken === null ? 'refused' : 'LATE']

  function valueAt(live: KubeObject) {
    const keys = path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/'))
    // oxlint-disable-next-line typescript/no-explicit-any -- any field of any kind
    return keys.reduce<any>((value, key) => value?.[key], live) ?? null
  }
}

const fence = (object: KubeObject, epoch: number): Fence => ({
  unit: unitIn(),
  run: 'r7f3',
  epoch,
  view: {
    at: 0,
    namespace: object.metadata.namespace ?? '',
    silentSince: null,
    objects: new Map([[keyOf({ kind: object.kind as Kind, name: object.metadata.name }), object]]),
  },
  agreed: new Set(),
})

function writesOf(mutation: Mutation, object: KubeObject, epoch: number): readonly Write[] {
  const resolved = resolve(mutation, fence(object, epoch))
  if (!('writes' in resolved)) throw new Error(`round ${epoch}: ${JSON.stringify(resolved)}`)
  return resolved.writes
}

type Accepted = { readonly object: KubeObject | null }

/** `null`: the server refused it. */
async function sent(cluster: Cluster, writes: readonly Write[]): Promise<Accepted | null> {
  try {
    let object: KubeObject | null = null
    for (const write of writes) object = await cluster.write(write, call())
    return { object }
  } catch (error) {
    if (error instanceof DeployError && ['kube-invalid', 'kube-conflict', 'kube-not-found'].includes(error.code))
      return null
    throw error
  }
}

/** Puts the token of the later driver there, looking again as often as it must; `null`: there is nothing to take over. */
async function takenBy(cluster: Cluster, ref: Ref, first: KubeObject, epoch: number): Promise<KubeObject | null> {
  for (let object: KubeObject | null = first; object; object = await cluster.get(ref, call())) {
    const answer = await sent(cluster, writesOf({ verb: 'change', object: ref, changes: [] }, object, epoch))
    if (answer?.object) return answer.object
  }
  return null
}

const versionOf = ({ metadata: { resourceVersion = '0' } }: KubeObject): bigint => BigInt(resourceVersion)

/** The server says which came first: a delete that was accepted leaves nothing to take over. */
const isLate = ({ object }: Accepted, taken: KubeObject | null): boolean =>
  taken !== null && (object === null || versionOf(object) > versionOf(taken))
