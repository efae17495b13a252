import type { Pod } from '../../core/objects.ts'
import { profileOf } from '../rules/profile.ts'
import type { World } from '../world.ts'
import type { Plane } from './plane.ts'

/** Where requests are sent: by a route's weights (its first rule, unless another is named), or straight to a Service. */
export type Target = { readonly namespace: string } & (
  | { readonly route: string; readonly rule?: number }
  | { readonly service: string }
)

/** A part of the requests that all fare alike. */
export interface Share {
  /** From 0 to 1. */
  readonly part: number
  /** The image tag of the pod that answers; `none`: no pod is reached. */
  readonly version: string
  readonly pod: string | null
  /** How many of them fail, from 0 to 1. */
  readonly failing: number
  readonly latency: number
  /** How often its container was started again: a new process counts from zero. */
  readonly restarts: number
  /** It takes requests and answers none. */
  readonly hangs: boolean
}

/** Which share of the requests goes where now, and how it fares there. All parts together are 1. */
export function sharesOf(target: Target, plane: Plane, world: World): Share[] {
  if ('service' in target) return ofService(target.service, target.namespace, 1, plane, world)
  const refs = plane.backends(target.namespace, target.route, target.rule ?? 0) ?? []
  const total = refs.reduce((sum, { weight = 1 }) => sum + weight, 0)
  if (total === 0) return [nobody(1)]
  return refs
    .filter(({ weight = 1 }) => weight > 0)
    .flatMap(({ name, namespace = target.namespace, weight = 1 }) =>
      ofService(name, namespace, weight / total, plane, world),
    )
}

const nobody = (part: number): Share => ({
  part,
  version: 'none',
  pod: null,
  failing: 1,
  latency: 0,
  restarts: 0,
  hangs: false,
})

function ofService(service: string, namespace: string, part: number, plane: Plane, world: World): Share[] {
  const uids = plane.endpoints(namespace, service) ?? []
  if (uids.length === 0) return [nobody(part)]
  const pods = new Map(world.all('Pod', namespace).map((pod) => [pod.metadata.uid ?? '', pod]))
  return uids.map((uid) => ofPod(pods.get(uid), part / uids.length))
}

/** A pod on its way out still answers; one that died or is gone refuses the connection. */
function ofPod(pod: Pod | undefined, part: number): Share {
  const [container] = pod?.status?.containerStatuses ?? []
  if (!pod || container?.state?.running === undefined) return nobody(part)
  const { version, errorPercent, hangs, latency } = profileOf(pod)
  const { restartCount: restarts } = container
  const failing = hangs ? 1 : errorPercent / 100
  return { part, version, pod: pod.metadata.uid ?? null, failing, latency, restarts, hangs }
}
