import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import { type Kind, kinds, type Ref } from '../../core/kinds.ts'
import type { KubeObject } from '../../core/objects.ts'
import type { Millis } from '../../core/time.ts'
import type { Watching, Write } from '../../ports.ts'
import { end } from '../controllers.ts'
import type { Random } from '../random.ts'
import type { Store } from '../store.ts'
import { isClusterWide, keyOf, keyOfObject, stamped } from '../world.ts'
import { withDefaults } from './defaults.ts'
import { patched } from './json-patch.ts'
import { withManager } from './managed-fields.ts'
import { normal } from './normal.ts'
import { absent, conflict, invalid, notModelled, Refused } from './refused.ts'
import { selects } from './selectors.ts'
import { validate } from './validation.ts'

/** What an API server does with a request: everything but the network. Says no by throwing `Refused`. */
export interface Server {
  get(ref: Ref): KubeObject
  list(what: Watching): KubeObject[]
  /** The object as it is after the write; for a delete as it was. */
  write(write: Write, how: { readonly manager: string; readonly dryRun?: boolean }): KubeObject
}

export interface ServerOptions {
  readonly store: Store
  readonly random: Random
  readonly now: () => Millis
}

type Precondition = Pick<Extract<Write, { readonly verb: 'delete' }>, 'uid' | 'resourceVersion'>

type How = { readonly manager: string; readonly dryRun?: boolean }

export function newServer({ store, random, now }: ServerOptions): Server {
  const live = (ref: Ref): KubeObject => {
    const object = store.get(keyOf(ref))
    if (!object) throw absent(ref)
    return object
  }

  const create = (ref: Ref, body: JsonObject, { manager, dryRun = false }: How): KubeObject => {
    refuseUnmodelled(ref.kind)
    const { apiVersion } = kinds[ref.kind]
    const metadata = isObject(body['metadata']) ? body['metadata'] : {}
    const namespaced = isClusterWide(ref.kind) ? {} : { namespace: ref.namespace }
    const sent = { ...withoutStatus(body, ref.kind), metadata: { ...metadata, name: ref.name, ...namespaced } }
    const filled = normal(ref.kind, withDefaults(ref.kind, normal(ref.kind, sent), random))
    const object = { ...filled, apiVersion, kind: ref.kind } as unknown as KubeObject
    validate(object, undefined)
    if (!isClusterWide(ref.kind)) live({ kind: 'Namespace', namespace: '', name: ref.namespace })
    if (store.get(keyOf(ref)))
      throw new Refused(409, 'AlreadyExists', `${kinds[ref.kind].plural} "${ref.name}" already exists`)
    const stamp = withManager(undefined, object, { manager, at: stamped(now()) })
    return dryRun ? stamp : store.create(stamp)
  }

  const update = (before: KubeObject, after: Json, { manager, dryRun = false }: How): KubeObject => {
    const kind = before.kind as Kind
    const filled = normal(kind, withDefaults(kind, normal(kind, after as JsonObject), random))
    const object = kept(before, filled as unknown as KubeObject)
    validate(object, before)
    const stamp = withManager(before, object, { manager, at: stamped(now()) })
    return dryRun ? stamp : store.put(stamp)
  }

  const remove = (ref: Ref, before: Precondition, { dryRun = false }: How): KubeObject => {
    const object = live(ref)
    const { uid, resourceVersion } = object.metadata
    const refuse = (what: string, wanted: string, found = ''): never => {
      throw conflict(
        `Operation cannot be fulfilled on ${kinds[ref.kind].plural} "${ref.name}": the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found}). The object might have been modified`,
      )
    }
    if (before.uid !== uid) refuse('UID', before.uid, uid)
    if (before.resourceVersion !== undefined && before.resourceVersion !== resourceVersion)
      refuse('ResourceVersion', before.resourceVersion, resourceVersion)
    if (!dryRun) end(store, keyOfObject(object), now())
    return object
  }

  return {
    get: live,
    list: (what) => store.all(what.kind, what.namespace).filter((object) => selects(what, object)),
    write: (write, how) => {
      switch (write.verb) {
        case 'create':
          return create(write.object, write.body, how)
        case 'patch': {
          const before = live(write.object)
          return update(before, patched(before as unknown as Json, write.ops), how)
        }
        case 'apply': {
          if (write.object.kind !== 'ConfigMap') throw notModelled(`server-side apply of a ${write.object.kind}`)
          const before = store.get(keyOf(write.object))
          return before ? update(before, laidOver(before, write.body), how) : create(write.object, write.body, how)
        }
        case 'delete':
          return remove(write.object, write, how)
        default:
          return write satisfies never
      }
    },
  }
}

/** Kinds for which there is no rule: an object of theirs would stand there and do nothing, unlike a real one. */
function refuseUnmodelled(kind: Kind): void {
  if (['DaemonSet', 'Job', 'LimitRange', 'Pod', 'EndpointSlice'].includes(kind))
    throw notModelled(`making a ${kind} by hand`)
}

/** Status has an endpoint of its own; only what nobody's controller computes here comes with it. */
function withoutStatus(body: JsonObject, kind: Kind): JsonObject {
  if (kind === 'Node') return body
  const { status: _, ...rest } = body
  return rest
}

/** What a write to the object itself can't change: its identity and its status. */
function kept(before: KubeObject, after: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp } = before.metadata
  if (after.metadata.name !== name || after.metadata.namespace !== namespace || after.metadata.uid !== uid)
    throw invalid(`${before.kind} "${name}"`, 'metadata.name', 'Invalid value: field is immutable')
  if (after.metadata.resourceVersion !== resourceVersion)
    throw conflict('the object has been modified; please apply your changes to the latest version and try again')
  const metadata = {
    ...after.metadata,
    ...(generation !== undefined && { generation }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
  }
  const { status: _, ...rest } = after
  return { ...rest, metadata, ...(before['status'] !== undefined && { status: before['status'] }) }
}

/** Server-side apply, forced, for objects that hold nothing but maps. */
function laidOver(before: KubeObject, body: JsonObject): Json {
  const over = (under: Json, top: Json): Json =>
    isObject(under) && isObject(top)
      ? {
          ...under,
          ...Object.fromEntries(Object.entries(top).map(([key, value]) => [key, over(under[key] ?? null, value)])),
        }
      : top
  return over(before as unknown as Json, body)
}
