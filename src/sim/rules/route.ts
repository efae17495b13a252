import type { Condition, KubeObject } from '../../core/objects.ts'
import type { Millis } from '../../core/time.ts'
import { find, type Key, keyOfObject, nothing, type Rule, stamped, type Turn, type World } from '../world.ts'

/** A gateway's controller: says of each route whether it takes it, and whether all of its Services are there. */
export const routeRule: Rule = {
  name: 'route',
  delay: [30, 120],
  concerns: (object, world) => {
    if (object.kind === 'HTTPRoute' || object.kind === 'GRPCRoute') return [keyOfObject(object)]
    if (object.kind !== 'Service') return []
    return (['HTTPRoute', 'GRPCRoute'] as const).flatMap((kind) =>
      world.all(kind, object.metadata.namespace).map(keyOfObject),
    )
  },
  act,
}

interface RouteSpec {
  readonly parentRefs?: readonly object[]
  readonly rules?: readonly { readonly backendRefs?: readonly BackendRef[] }[]
}
export interface BackendRef {
  readonly name: string
  readonly kind?: string
  readonly namespace?: string
  readonly weight?: number
}

function act(world: World, key: Key, now: Millis): Turn {
  const route = world.get(key)
  if (!route) return nothing
  const { parentRefs = [], rules = [] } = (route['spec'] ?? {}) as RouteSpec
  const { namespace = '' } = route.metadata
  const missing = rules
    .flatMap(({ backendRefs = [] }) => backendRefs)
    .filter((ref) => !find(world, 'Service', ref.namespace ?? namespace, ref.name))
    .map(({ name }) => name)
  const resolved =
    missing.length === 0
      ? { type: 'ResolvedRefs', status: 'True' as const, reason: 'ResolvedRefs' }
      : {
          type: 'ResolvedRefs',
          status: 'False' as const,
          reason: 'BackendNotFound',
          message: `service ${missing.join(', ')} not found`,
        }
  const conditions = [{ type: 'Accepted', status: 'True' as const, reason: 'Accepted' }, resolved]
  const parents = parentRefs.map((parentRef) => ({
    parentRef,
    controllerName: 'sim/gateway-controller',
    conditions: conditions.map((condition) => timed(route, condition, now)),
  }))
  return { edits: [{ do: 'put', object: { ...route, status: { parents } } }] }
}

function timed(route: KubeObject, condition: Condition, now: Millis): Condition {
  const status = route['status'] as { parents?: readonly { conditions?: readonly Condition[] }[] } | undefined
  const known = status?.parents?.[0]?.conditions?.find(({ type }) => type === condition.type)
  const since = known?.status === condition.status ? known.lastTransitionTime : undefined
  const observedGeneration = route.metadata.generation ?? 1
  return { ...condition, observedGeneration, lastTransitionTime: since ?? stamped(now) }
}
