import type { Kind } from '../../core/kinds.ts'
import { controllerOf, type Key, keyOf, keyOfObject, nothing, type Rule, type Turn, type World } from '../world.ts'

/** Kinds that others own. */
const owned: readonly Kind[] = ['ReplicaSet', 'Pod', 'EndpointSlice', 'ConfigMap', 'Service', 'ControllerRevision']

/** The garbage collector: what belongs to an object that is gone goes too. */
export const garbageRule: Rule = {
  name: 'garbage',
  delay: [20, 100],
  concerns: (object, world) => {
    const isGone = world.get(keyOfObject(object))?.metadata.uid !== object.metadata.uid
    if (!isGone) return []
    return owned.flatMap((kind) =>
      world
        .all(kind, object.metadata.namespace)
        .filter((other) => controllerOf(other)?.uid === object.metadata.uid)
        .map(keyOfObject),
    )
  },
  act,
}

function act(world: World, key: Key): Turn {
  const object = world.get(key)
  const owner = object && controllerOf(object)
  if (!object || !owner) return nothing
  const { namespace = '' } = object.metadata
  const isThere =
    world.get(keyOf({ kind: owner.kind as Kind, namespace, name: owner.name }))?.metadata.uid === owner.uid
  return isThere ? nothing : { edits: [{ do: 'delete', key }] }
}
