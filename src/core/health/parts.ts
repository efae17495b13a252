import type { Container, ContainerStatus, Pod, PodTemplate } from '../objects.ts'

export type Role = 'container' | 'init container' | 'sidecar'

/** One container of a pod: what was asked for, and what became of it. */
export interface Part {
  readonly role: Role
  readonly spec: Container
  readonly status: ContainerStatus
}

/** Proxies that are also written into templates by hand (`istioctl kube-inject` and its kind). */
const proxies = new Set(['istio-proxy', 'linkerd-proxy', 'consul-dataplane', 'daprd', 'envoy-sidecar', 'kuma-sidecar'])

/** Names of the containers that the workload's own template has: what an admission webhook added is not among them. */
export const namesIn = (template: PodTemplate | undefined): ReadonlySet<string> =>
  new Set((template?.spec.containers ?? []).map((container) => container.name))

/** `sidecar istio-proxy`. */
export const called = ({ role, spec }: Part): string => `${role} ${spec.name}`

function roleOf(pod: Pod, container: Container, own: ReadonlySet<string>): Role {
  if ((pod.spec.initContainers ?? []).includes(container)) {
    return container.restartPolicy === 'Always' ? 'sidecar' : 'init container'
  }
  const known = pod.spec.containers.some(({ name }) => own.has(name))
  return proxies.has(container.name) || (known && !own.has(container.name)) ? 'sidecar' : 'container'
}

/** The containers that have a status, in the order in which they start. */
export function partsOf(pod: Pod, own: ReadonlySet<string>): readonly Part[] {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].flatMap((spec) => {
    const status = statuses.find(({ name }) => name === spec.name)
    return status ? [{ role: roleOf(pod, spec, own), spec, status }] : []
  })
}
