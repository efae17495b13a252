import type { Rule } from '../core/evidence.ts'
import { type Kind, kinds } from '../core/kinds.ts'
import { marks } from '../core/marks.ts'
import type { KubeObject, Pod, StatefulSet } from '../core/objects.ts'
import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import { second } from '../core/time.ts'
import { all } from '../core/view.ts'
import { metricsOf, type SimMetrics } from '../sim/metrics.ts'
import { createSim, type Sim, type SimCluster } from '../sim/sim.ts'
import { bounds, latencySpread } from '../sim/traffic/meter.ts'
import type { Traffic } from '../sim/traffic/traffic.ts'
import type { NewObject } from '../sim/world.ts'
import { entranceOf } from './entrance.ts'
import type { Load } from './load.ts'
import { quotaHere } from './quota.ts'
import { type Seen, type SeenUnit, seenOf } from './seen.ts'

/** The id of a rehearsed run: it stands in labels and annotations of the copy, as a real one would. */
export const rehearsedRun = 'rehearsal'

/** A simulated copy of everything that a plan was made for, at rest and with its usual requests. */
export interface Copy {
  readonly sim: Sim
  readonly units: ReadonlyMap<string, CopiedUnit>
  /** New pods, those there are and those to come, behave so from now on; see sim/rules/profile.ts. */
  misbehave(words: string): void
}

export interface CopiedUnit {
  readonly unit: Unit
  readonly cluster: SimCluster
  readonly metrics: SimMetrics | null
  readonly traffic: Traffic | null
  readonly load: Load
}

/** Loaded: the rest is made by the controllers of the copy, is refused by it, or says nothing to anybody. */
const copied: readonly Kind[] = [
  'Deployment',
  'StatefulSet',
  'ReplicaSet',
  'Pod',
  'Service',
  'ConfigMap',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'HTTPRoute',
  'GRPCRoute',
  'ResourceQuota',
]

/** The same seed, plan and world give the same copy, and the same story of it. */
export async function copyOf(plan: Plan, seen: Seen, seed: number): Promise<Copy> {
  const units = unitsOf(plan)
  const behaviours = new Map(units.map((unit) => [unit.cluster, wordsOf(seenOf(seen, unit).load)]))
  let fault = ''
  const start = Math.max(...units.map((unit) => seenOf(seen, unit).view.at))
  const admit = (object: NewObject, cluster: string): NewObject =>
    object.kind === 'Pod' ? admitted(object, behaviours.get(cluster) ?? '', fault) : object
  const sim = createSim({ seed, start, nodes: 0, admit })
  const clusters = new Map<string, SimCluster>()
  for (const unit of units) {
    const cluster = sim.cluster(unit.cluster)
    load(cluster, unit, seenOf(seen, unit), !clusters.has(unit.cluster))
    clusters.set(unit.cluster, cluster)
  }
  await sim.settle()
  const copies = new Map(
    units.map((unit) => {
      const { view, load: known } = seenOf(seen, unit)
      const cluster = sim.cluster(unit.cluster)
      const entrance = entranceOf(unit, plan.release, view)
      const { evidence } = unit
      const rules = [...(evidence?.triggers ?? []), ...(evidence?.objectives ?? [])]
      const figures = { parts: true, buckets: bucketsFor(rules) }
      const copy: CopiedUnit = {
        unit,
        cluster,
        load: known,
        metrics: evidence?.source
          ? metricsOf(cluster, unit.namespace, { ...figures, every: evidence.source.every })
          : null,
        traffic: entrance ? cluster.traffic({ ...entrance, rate: known.rate }) : null,
      }
      return [unit.id, copy] as const
    }),
  )
  return {
    sim,
    units: copies,
    misbehave: (words) => {
      fault = words
      for (const { cluster, unit } of copies.values())
        cluster.acts.misbehave(unit.namespace, { [marks.release]: rehearsedRun }, words)
    },
  }
}

function load(cluster: SimCluster, unit: Unit, { view, nodes, load: known }: SeenUnit, isFirst: boolean): void {
  const { store } = cluster.inside
  if (isFirst) for (const node of nodes?.length ? nodes : roomyNodes) store.copy(node)
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: unit.namespace } }
  if (!store.get(`Namespace//${unit.namespace}`)) store.create(namespace)
  const revision = revisionOf(unit, view.objects.values())
  for (const object of revision ? [revision] : []) store.copy(object)
  for (const kind of copied)
    for (const object of all(view, kind)) {
      if (store.get(`${kind}/${unit.namespace}/${object.metadata.name}`)) continue
      const here = kind === 'ResourceQuota' ? quotaHere(object, all(view, 'Pod')) : object
      if (here) store.copy(kind === 'Pod' ? withAnnotation(here as Pod, 'sim/behaves', wordsOf(known)) : here)
    }
}

/** Those beside the bounds that are asked about: between two of them a histogram is a line, so others change nothing. */
function bucketsFor(rules: readonly Rule[]): (typeof bounds)[number][] {
  const asked = rules.flatMap(({ figure, value }) => (figure.kind === 'latency' ? [value / second] : []))
  return bounds.filter((bound, index) => {
    const [below, above] = [bounds[index - 1] ?? 0, bounds[index + 1] ?? Number.POSITIVE_INFINITY]
    return asked.some((value) => value > below && value < above)
  })
}

/** What a pod of a copy does when nothing is wrong with it. */
const wordsOf = ({ failing, p95 }: Load): string =>
  `err${percentWord(failing)} lat${Math.round(p95 / latencySpread.p95)}`

export const percentWord = (share: number): string => String(Number((share * 100).toFixed(3)))

function admitted(pod: NewObject, usual: string, fault: string): NewObject {
  const behaving = withAnnotation(pod, 'sim/behaves', usual)
  return isNewPod(pod) && fault !== '' ? withAnnotation(behaving, 'sim/fault', fault) : behaving
}

const withAnnotation = <T extends NewObject>(object: T, key: string, value: string): T => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [key]: value } },
})

/** Where nobody could look at the nodes, there is room for everybody. */
const roomyNodes: readonly KubeObject[] = ['a', 'b', 'c', 'd'].map((name) => ({
  apiVersion: kinds.Node.apiVersion,
  kind: 'Node',
  metadata: { name: `assumed-${name}` },
  status: { allocatable: { cpu: '1000', memory: '4000Gi', pods: '1000' } },
}))

/** A StatefulSet knows its present template by a ControllerRevision, which nobody watches. */
function revisionOf(unit: Unit, objects: Iterable<KubeObject>): KubeObject | null {
  if (unit.workload.kind !== 'StatefulSet') return null
  const set = [...objects].find(
    ({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === unit.workload.name,
  ) as StatefulSet | undefined
  const name = set?.status?.currentRevision
  if (!set || name === undefined) return null
  return {
    apiVersion: kinds.ControllerRevision.apiVersion,
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace: unit.namespace,
      uid: `copy of ${name}`,
      ownerReferences: [
        { kind: 'StatefulSet', name: set.metadata.name, uid: set.metadata.uid ?? '', controller: true },
      ],
    },
    data: { spec: { template: set.spec.template } },
    revision: 1,
  }
}

export const podsIn = ({ cluster, unit }: Pick<CopiedUnit, 'cluster' | 'unit'>): Pod[] =>
  cluster.inside.store.all('Pod', unit.namespace)

export const isNewPod = ({ metadata }: Pick<NewObject, 'metadata'>): boolean =>
  metadata.labels?.[marks.release] === rehearsedRun
