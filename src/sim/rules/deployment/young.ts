import { same } from '../../../core/json.ts'
import type { Deployment, ReplicaSet } from '../../../core/objects.ts'
import type { Millis } from '../../../core/time.ts'
import { type Edit, find, type World } from '../../world.ts'
import { condition, withCondition } from './conditions.ts'
import { hasDeadline } from './numbers.ts'
import { sizeOfYoung } from './roll.ts'
import { copiedAnnotations, hashOf, newSet, revisionKey, revisionOf, type Sets } from './sets.ts'
import { present, type Status } from './status.ts'

const newest = ({ old }: Sets): number => Math.max(0, ...old.map(revisionOf))

/**
 * A new set that is there already takes over the Deployment's annotations and minReadySeconds, and the highest revision;
 * also while paused. (Kubernetes pkg/controller/deployment/sync.go, `getNewReplicaSet`.)
 */
export function known(deployment: Deployment, sets: Sets): Sets {
  const { young } = sets
  if (!young) return sets
  const revision = Math.max(revisionOf(young), newest(sets) + 1)
  const annotations = {
    ...young.metadata.annotations,
    ...copiedAnnotations(deployment),
    [revisionKey]: String(revision),
  }
  const { minReadySeconds: _, ...spec } = young.spec as ReplicaSet['spec'] & { readonly minReadySeconds?: number }
  const { minReadySeconds } = deployment.spec
  const next = {
    ...young,
    metadata: { ...young.metadata, annotations },
    spec: { ...spec, ...(minReadySeconds !== undefined && { minReadySeconds }) },
  }
  return same(next, young) ? sets : { ...sets, young: next }
}

type Made =
  | { readonly deployment: Deployment; readonly sets: Sets; readonly edits: readonly Edit[] }
  /** Nothing more this time: the status says why. */
  | { readonly stop: Status }

/** Makes the new set when there is none. A name that is taken by another template is a collision: another hash next time. */
export function withYoung(world: World, deployment: Deployment, sets: Sets, now: Millis): Made {
  const status = present(deployment)
  const { conditions = [], collisionCount = 0 } = status
  if (sets.young) {
    if (!hasDeadline(deployment) || condition(conditions, 'Progressing')) return { deployment, sets, edits: [] }
    const message = `Found new replica set "${sets.young.metadata.name}"`
    const found = withCondition(
      conditions,
      { type: 'Progressing', status: 'True', reason: 'FoundNewReplicaSet', message },
      now,
    )
    return { deployment: { ...deployment, status: { ...status, conditions: found } }, sets, edits: [] }
  }
  const hash = hashOf(deployment, collisionCount)
  const draft = (size: number) => newSet(deployment, hash, size, newest(sets) + 1)
  const { namespace = '' } = deployment.metadata
  const name = draft(0).metadata.name
  const rival = find(world, 'ReplicaSet', namespace, name)
  if (rival) return { stop: { ...status, collisionCount: collisionCount + 1 } }
  const young = draft(sizeOfYoung(deployment, { ...sets, young: draft(0) }))
  const message = `Created new replica set "${name}"`
  const said = hasDeadline(deployment)
    ? withCondition(conditions, { type: 'Progressing', status: 'True', reason: 'NewReplicaSetCreated', message }, now)
    : conditions
  return {
    deployment: { ...deployment, status: { ...status, conditions: said } },
    sets: { ...sets, young },
    edits: [{ do: 'create', object: young }],
  }
}
