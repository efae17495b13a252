import { same } from '../core/json.ts'
import { type Kind, kinds } from '../core/kinds.ts'
import type { KubeObject } from '../core/objects.ts'
import type { Millis } from '../core/time.ts'
import type { Random } from './random.ts'
import { isClusterWide, type Key, keyOfObject, type NewObject, type ObjectOf, stamped, type World } from './world.ts'

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** One change of one object. `before` is what stood there, for those who select by labels. */
export interface Change {
  readonly type: ChangeType
  readonly object: KubeObject
  readonly before: KubeObject | undefined
}

/** Where the objects are, and the bookkeeping of the API server: uids, versions, generations. */
export interface Store extends World {
  /** The newest resourceVersion; one counter for all objects, as etcd has it. */
  version(): string
  create(object: NewObject): KubeObject
  /** An object of another cluster, as it stood there: it keeps its uid, generation and age. */
  copy(object: KubeObject): void
  /** A changed object in place of the present one; unchanged content is no change. Returns what stands there now. */
  put(object: KubeObject): KubeObject
  drop(key: Key): void
  everything(): KubeObject[]
  /** Called with each change, after it was made. */
  listen(hear: (change: Change) => void): () => void
}

export interface StoreOptions {
  readonly random: Random
  readonly now: () => Millis
  /** Has the last word on each new object, as a webhook would. */
  readonly admit?: (object: NewObject) => NewObject
}

export function newStore({ random, now, admit = (object) => object }: StoreOptions): Store {
  const byKind = new Map<Kind, Map<Key, KubeObject>>()
  const listeners = new Set<(change: Change) => void>()
  let version = 1000

  const shelf = (kind: Kind): Map<Key, KubeObject> => {
    const known = byKind.get(kind) ?? new Map<Key, KubeObject>()
    byKind.set(kind, known)
    return known
  }
  const kindOf = (key: Key): Kind => key.slice(0, key.indexOf('/')) as Kind
  const get = (key: Key): KubeObject | undefined => shelf(kindOf(key)).get(key)
  const keep = (object: KubeObject, before: KubeObject | undefined): KubeObject => {
    version += 1
    const kept = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    shelf(object.kind as Kind).set(keyOfObject(kept), kept)
    tell({ type: before ? 'MODIFIED' : 'ADDED', object: kept, before })
    return kept
  }
  const tell = (change: Change): void => {
    for (const hear of listeners) hear(change)
  }

  return {
    get,
    all: <K extends Kind>(kind: K, namespace?: string) => {
      const objects = [...shelf(kind).values()]
      return (
        namespace === undefined || isClusterWide(kind)
          ? objects
          : objects.filter(({ metadata }) => metadata.namespace === namespace)
      ) as ObjectOf<K>[]
    },
    everything: () => [...byKind.values()].flatMap((objects) => [...objects.values()]),
    version: () => String(version),
    copy: (object) => void keep(object, undefined),
    create: (asked) => {
      const object = admit(asked)
      const { generateName, ...metadata } = object.metadata
      const name = metadata.name ?? `${generateName ?? ''}${random.word(5)}`
      const made = {
        ...metadata,
        name,
        ...(generateName !== undefined && { generateName }),
        uid: random.uuid(),
        creationTimestamp: stamped(now()),
        ...(hasGeneration(object.kind as Kind) && { generation: 1 }),
      }
      return keep({ ...object, metadata: made }, undefined)
    },
    put: (object) => {
      const key = keyOfObject(object)
      const before = get(key)
      if (!before) throw new Error(`${key} is not there`)
      if (isUnchanged(before, object)) return before
      const { generation = 1 } = before.metadata
      const moved = hasGeneration(object.kind as Kind) && !same(desired(before), desired(object))
      const metadata = { ...object.metadata, ...(moved && { generation: generation + 1 }) }
      return keep({ ...object, metadata }, before)
    },
    drop: (key) => {
      const before = get(key)
      if (!before) return
      version += 1
      shelf(kindOf(key)).delete(key)
      const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } }
      tell({ type: 'DELETED', object, before })
    },
    listen: (hear) => {
      listeners.add(hear)
      return () => listeners.delete(hear)
    },
  }
}

/** Most kinds count the changes of what is desired; these do not. */
const uncounted: ReadonlySet<Kind> = new Set<Kind>([
  'Service',
  'ConfigMap',
  'Event',
  'Node',
  'Namespace',
  'ResourceQuota',
  'LimitRange',
  'HorizontalPodAutoscaler',
  'ControllerRevision',
  'Lease',
])

const hasGeneration = (kind: Kind): boolean => kind in kinds && !uncounted.has(kind)

/** Everything but metadata and status. */
const desired = (object: KubeObject): unknown => ({ ...object, metadata: null, status: null })

function isUnchanged(before: KubeObject, after: KubeObject): boolean {
  const { resourceVersion, generation } = before.metadata
  const numbers = { ...(resourceVersion && { resourceVersion }), ...(generation && { generation }) }
  return before === after || same(before, { ...after, metadata: { ...after.metadata, ...numbers } })
}
