import type { Pod, ReplicaSet } from '../../core/objects.ts'
import { type Millis, second } from '../../core/time.ts'
import { isReady, isTerminating, matches, readySince } from '../../core/view.ts'
import {
  type Edit,
  isOwnedBy,
  type Key,
  keyOfObject,
  type NewObject,
  nothing,
  ownerKey,
  ownerReference,
  type Rule,
  stamped,
  type Turn,
  type World,
} from '../world.ts'
import { warning } from './events.ts'
import { leastNeeded } from './rank.ts'
import { quotaRefusal } from './quota.ts'

/** Between two attempts to make pods that were refused. */
const retryAfter: Millis = 5 * second

/** The ReplicaSet controller (Kubernetes pkg/controller/replicaset): as many pods as asked for, and their count. */
export const replicaSetRule: Rule = {
  name: 'replicaset',
  delay: [5, 40],
  concerns: (object) => (object.kind === 'ReplicaSet' ? [keyOfObject(object)] : ownerKey(object, 'ReplicaSet')),
  act,
}

type Sized = ReplicaSet & { readonly spec: { readonly minReadySeconds?: number } }

function act(world: World, key: Key, now: Millis): Turn {
  const set = world.get(key) as Sized | undefined
  if (!set) return nothing
  const pods = activePods(world, set)
  const missing = (set.spec.replicas ?? 1) - pods.length
  const made = missing > 0 ? creations(world, set, missing) : { edits: [], refusal: null }
  const gone = missing < 0 ? leastNeeded(world, set, pods, -missing, now) : []
  const ends = gone.map((pod): Edit => ({ do: 'delete', key: keyOfObject(pod) }))
  const status = counted(set, pods, made.refusal, now)
  const told =
    made.refusal === null
      ? []
      : warning(world, set, { reason: 'FailedCreate', message: `Error creating: ${made.refusal}` }, now)
  const due = [nextAvailable(set, pods, now), made.refusal === null ? null : now + retryAfter].filter(
    (at) => at !== null,
  )
  return {
    edits: [...made.edits, ...ends, { do: 'put', object: { ...set, status } }, ...told],
    ...(due.length > 0 && { again: Math.min(...due) }),
  }
}

/** Pods that neither ended nor are about to. */
const activePods = (world: World, set: ReplicaSet): Pod[] =>
  world
    .all('Pod', set.metadata.namespace)
    .filter((pod) => isOwnedBy(pod, set) && matches(set.spec.selector, pod.metadata.labels))
    .filter((pod) => !isTerminating(pod) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed')

function creations(world: World, set: ReplicaSet, count: number): { edits: Edit[]; refusal: string | null } {
  const pod = podOf(set)
  const edits: Edit[] = []
  for (let index = 0; index < count; index += 1) {
    const refusal = quotaRefusal(world, pod, index)
    if (refusal !== null) return { edits, refusal }
    edits.push({ do: 'create', object: pod })
  }
  return { edits, refusal: null }
}

function podOf(set: ReplicaSet): NewObject {
  const { metadata = {}, spec } = set.spec.template
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${set.metadata.name}-`,
      ...(set.metadata.namespace !== undefined && { namespace: set.metadata.namespace }),
      ...metadata,
      ownerReferences: [ownerReference(set)],
    },
    spec,
    status: { phase: 'Pending' },
  }
}

const availableAt = (set: Sized, pod: Pod): Millis | null => {
  const since = readySince(pod)
  return since === null ? null : since + (set.spec.minReadySeconds ?? 0) * second
}

function nextAvailable(set: Sized, pods: readonly Pod[], now: Millis): Millis | null {
  const due = pods.map((pod) => availableAt(set, pod)).filter((at) => at !== null && at > now)
  return due.length > 0 ? Math.min(...(due as number[])) : null
}

/** Counts of the pods there were when it looked (replica_set_utils.go, `calculateStatus`). */
function counted(set: Sized, pods: readonly Pod[], refusal: string | null, now: Millis): ReplicaSet['status'] {
  const ready = pods.filter(isReady).length
  const available = pods.filter((pod) => (availableAt(set, pod) ?? Number.POSITIVE_INFINITY) <= now).length
  const labels = set.spec.template.metadata?.labels ?? {}
  const full = pods.filter((pod) => matches({ matchLabels: labels }, pod.metadata.labels)).length
  const known = set.status?.conditions?.find(({ type }) => type === 'ReplicaFailure')
  const failure =
    refusal === null
      ? undefined
      : (known ?? {
          type: 'ReplicaFailure',
          status: 'True' as const,
          reason: 'FailedCreate',
          message: refusal,
          lastTransitionTime: stamped(now),
        })
  return {
    replicas: pods.length,
    ...(full > 0 && { fullyLabeledReplicas: full }),
    ...(ready > 0 && { readyReplicas: ready }),
    ...(available > 0 && { availableReplicas: available }),
    observedGeneration: set.metadata.generation ?? 0,
    ...(failure && { conditions: [failure] }),
  }
}
