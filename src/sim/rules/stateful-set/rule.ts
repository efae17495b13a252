import type { Pod, StatefulSet } from '../../../core/objects.ts'
import { type Millis, second } from '../../../core/time.ts'
import { isTerminating, readySince } from '../../../core/view.ts'
import {
  type Edit,
  isOwnedBy,
  type Key,
  keyOfObject,
  nothing,
  ownerKey,
  ownerReference,
  type Rule,
  type Turn,
  type World,
} from '../../world.ts'
import { quotaRefusal } from '../quota.ts'
import { type Revisions, revisionsOf } from './revisions.ts'

/**
 * The StatefulSet controller (Kubernetes pkg/controller/statefulset): pods with ordinals, made from the lowest, updated
 * from the highest down to the partition. OrderedReady waits for every pod that is not available, also for a bad one.
 */
export const statefulSetRule: Rule = {
  name: 'statefulset',
  delay: [5, 40],
  concerns: (object) => (object.kind === 'StatefulSet' ? [keyOfObject(object)] : ownerKey(object, 'StatefulSet')),
  act,
}

const revisionLabel = 'controller-revision-hash'

function act(world: World, key: Key, now: Millis): Turn {
  const set = world.get(key) as StatefulSet | undefined
  if (!set) return nothing
  const revisions = revisionsOf(world, set)
  const pods = world.all('Pod', set.metadata.namespace).filter((pod) => isOwnedBy(pod, set))
  const status = counted(set, pods, revisions, now)
  const edits = [...revisions.edits, ...step(world, set, pods, revisions, now)]
  const due = pods.map((pod) => availableAt(set, pod)).filter((at) => at !== null && at > now) as number[]
  return {
    edits: [...edits, { do: 'put', object: { ...set, status } }],
    ...(due.length > 0 && { again: Math.min(...due) }),
  }
}

const ordinalOf = (pod: Pod): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1)
const revisionOf = (pod: Pod): string => pod.metadata.labels?.[revisionLabel] ?? ''
const partitionOf = (set: StatefulSet): number => set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
const wanted = (set: StatefulSet): number => set.spec.replicas ?? 1

function availableAt(set: StatefulSet, pod: Pod): Millis | null {
  const since = readySince(pod)
  return since === null ? null : since + (set.spec.minReadySeconds ?? 0) * second
}

/** The one thing to do now: make, then take away what is too much, then update (stateful_set_control.go). */
function step(world: World, set: StatefulSet, pods: readonly Pod[], revisions: Revisions, now: Millis): Edit[] {
  const isOrdered = set.spec.podManagementPolicy !== 'Parallel'
  const isFine = (pod: Pod): boolean => (availableAt(set, pod) ?? Number.POSITIVE_INFINITY) <= now
  const made: Edit[] = []
  for (let ordinal = 0; ordinal < wanted(set); ordinal += 1) {
    const pod = pods.find((other) => ordinalOf(other) === ordinal)
    if (!pod) made.push(...creation(world, set, ordinal, revisions))
    if (isOrdered && made.length > 0) return made
    if (isOrdered && pod && !isFine(pod)) return []
  }
  if (made.length > 0) return made
  const surplus = pods.filter((pod) => ordinalOf(pod) >= wanted(set)).sort((a, b) => ordinalOf(b) - ordinalOf(a))
  if (surplus.length > 0) return ends(isOrdered ? surplus.slice(0, 1) : surplus)
  return ends(outdated(set, pods, revisions, isFine))
}

const ends = (pods: readonly Pod[]): Edit[] =>
  pods.filter((pod) => !isTerminating(pod)).map((pod): Edit => ({ do: 'delete', key: keyOfObject(pod) }))

/** The highest pod that is not of the present template, when all above it are. */
function outdated(set: StatefulSet, pods: readonly Pod[], { update }: Revisions, isFine: (pod: Pod) => boolean): Pod[] {
  const due = pods.filter((pod) => ordinalOf(pod) >= partitionOf(set)).sort((a, b) => ordinalOf(b) - ordinalOf(a))
  for (const pod of due) {
    if (isTerminating(pod)) return []
    if (revisionOf(pod) !== update) return [pod]
    if (!isFine(pod)) return []
  }
  return []
}

function creation(world: World, set: StatefulSet, ordinal: number, revisions: Revisions): Edit[] {
  const revision = ordinal < partitionOf(set) ? revisions.current : revisions.update
  const { metadata = {}, spec } = revisions.templateOf(revision)
  const name = `${set.metadata.name}-${ordinal}`
  const labels = {
    ...metadata.labels,
    [revisionLabel]: revision,
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': String(ordinal),
  }
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name,
      namespace: set.metadata.namespace ?? '',
      labels,
      ownerReferences: [ownerReference(set)],
    },
    spec,
    status: { phase: 'Pending' },
  }
  return quotaRefusal(world, pod, 0) === null ? [{ do: 'create', object: pod }] : []
}

/** When every pod is of the present template and Ready, that template is the current one (`completeRollingUpdate`). */
function counted(set: StatefulSet, pods: readonly Pod[], { current, update }: Revisions, now: Millis) {
  const live = pods.filter((pod) => !isTerminating(pod))
  const ready = pods.filter((pod) => readySince(pod) !== null).length
  const available = pods.filter((pod) => (availableAt(set, pod) ?? Number.POSITIVE_INFINITY) <= now).length
  const updated = live.filter((pod) => revisionOf(pod) === update).length
  const isDone = updated === wanted(set) && ready === wanted(set)
  const old = live.filter((pod) => revisionOf(pod) === current).length
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    ...(ready > 0 && { readyReplicas: ready }),
    availableReplicas: available,
    ...(updated > 0 && { updatedReplicas: updated }),
    ...(old > 0 && { currentReplicas: isDone ? updated : old }),
    currentRevision: isDone ? update : current,
    updateRevision: update,
    collisionCount: 0,
  }
}
