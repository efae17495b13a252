import type { EndpointSlice, KubeObject } from '../../core/objects.ts'
import type { Millis } from '../../core/time.ts'
import type { Random } from '../random.ts'
import type { Change, Store } from '../store.ts'
import type { Timeline } from '../timeline.ts'
import type { BackendRef } from '../rules/route.ts'

/** What gateways and nodes go by: the API objects as they were a moment ago. */
export interface Plane {
  /** The backends of one rule; `null`: nobody has told the gateway of such a rule. */
  backends(namespace: string, route: string, rule: number): readonly BackendRef[] | null
  /** The uids of the pods that a Service's requests go to; `null`: there is no such Service. */
  endpoints(namespace: string, service: string): readonly string[] | null
  /** Called after each change. */
  listen(hear: () => void): () => void
}

export interface PlaneOptions {
  readonly store: Store
  readonly timeline: Timeline
  readonly random: Random
}

/** From the API object to the data plane, as they were measured with a gateway and with kube-proxy on nftables. */
const lag: Readonly<Record<string, readonly [Millis, Millis]>> = {
  HTTPRoute: [80, 200],
  GRPCRoute: [80, 200],
  EndpointSlice: [20, 110],
  Service: [20, 110],
}

export function newPlane({ store, timeline, random }: PlaneOptions): Plane {
  const known = new Map<string, KubeObject>()
  const latest = new Map<string, Millis>()
  const listeners = new Set<() => void>()

  const keyOf = ({ kind, metadata }: KubeObject): string =>
    `${kind === 'GRPCRoute' ? 'HTTPRoute' : kind}/${metadata.namespace}/${metadata.name}`

  const hear = ({ type, object }: Change): void => {
    const delay = lag[object.kind]
    if (!delay) return
    const key = keyOf(object)
    const at = Math.max(latest.get(key) ?? 0, timeline.now() + Math.round(random.between(...delay)))
    latest.set(key, at)
    timeline.at(at, () => {
      if (type === 'DELETED') known.delete(key)
      else known.set(key, object)
      for (const tell of listeners) tell()
    })
  }
  store.listen(hear)

  return {
    backends: (namespace, route, rule) => {
      const spec = known.get(`HTTPRoute/${namespace}/${route}`)?.['spec'] as
        | { rules?: readonly { backendRefs?: readonly BackendRef[] }[] }
        | undefined
      return spec?.rules?.[rule]?.backendRefs ?? null
    },
    endpoints: (namespace, service) => {
      if (!known.has(`Service/${namespace}/${service}`)) return null
      return [...known.values()]
        .filter((object) => isSliceOf(object, namespace, service))
        .flatMap(({ endpoints }) => endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready === true)
        .flatMap(({ targetRef }) => (targetRef ? [targetRef.uid] : []))
    },
    listen: (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
  }
}

const isSliceOf = (object: KubeObject, namespace: string, service: string): object is EndpointSlice =>
  object.kind === 'EndpointSlice' &&
  object.metadata.namespace === namespace &&
  object.metadata.labels?.['kubernetes.io/service-name'] === service
