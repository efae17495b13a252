import { find } from '../../view.ts'
import type { PreflightCase } from '../case.ts'
import { type Check, kubectl } from '../check.ts'

/** What a release is pointed at has to be there, and of a kind that can be released. */
export const workloadMissing: Check<PreflightCase> = {
  code: 'workload-missing',
  level: 'refuse',
  emergency: 'stays',
  look(input) {
    const { view, workload, version } = input
    if (find(view, workload.kind, workload.name)) return null
    return {
      what: `${workload.kind.toLowerCase()} ${workload.name} is not in namespace ${view.namespace}`,
      why: 'a first release has nothing to compare with and nothing to go back to, so it needs no release tool',
      remedy: `${kubectl(input, `apply -f <manifests of ${workload.name}, with ${version}>`)}, and release from then on`,
    }
  },
}

export const daemonSet: Check<PreflightCase> = {
  code: 'daemonset',
  level: 'refuse',
  emergency: 'stays',
  look: (input) =>
    input.workload.kind === 'DaemonSet'
      ? {
          what: `${input.workload.name} is a DaemonSet`,
          why: 'it has one pod on each node: there is no second set to judge, and its controller can not be held half-way',
          remedy: `${kubectl(input, `set image daemonset/${input.workload.name} …`)} with updateStrategy.rollingUpdate.maxUnavailable: 1`,
        }
      : null,
}

export const serviceMissing: Check<PreflightCase> = {
  code: 'service-missing',
  level: 'refuse',
  emergency: 'warns',
  look(input) {
    const { view, service } = input
    if (find(view, 'Service', service)) return null
    const services = [...view.objects.values()].filter(({ kind }) => kind === 'Service')
    const there = services.map(({ metadata }) => metadata.name).join(', ')
    return {
      what: `service ${service} is not in namespace ${view.namespace}${there ? `; there are ${there}` : ''}`,
      why: 'requests are divided, and the way back is proved, by the Service that users are sent through',
      remedy: kubectl(input, `apply -f <manifest of service ${service}>`),
    }
  },
}

export const routeMissing: Check<PreflightCase> = {
  code: 'route-missing',
  level: 'refuse',
  emergency: 'off',
  look(input) {
    const { view, strategy, router, route, service } = input
    if (strategy.traffic !== 'routed' || !find(view, 'Service', service)) return null
    if (router !== null && route !== null && find(view, route.kind, route.name)) return null
    const what = route
      ? `${route.kind} ${route.name} is not in namespace ${view.namespace}`
      : `nothing in namespace ${view.namespace} divides the requests of service ${service}`
    return {
      what,
      why: `strategy ${strategy.name} sends some of the requests to the new pods: something has to divide them`,
      remedy: `set traffic: { router: gateway-api, route: <an HTTPRoute that sends to ${service}> }, or use the strategy rolling`,
    }
  },
}

export const containerMissing: Check<PreflightCase> = {
  code: 'container-missing',
  level: 'refuse',
  emergency: 'stays',
  look({ view, newTemplate: { spec }, image, workload }) {
    if (!find(view, workload.kind, workload.name)) return null
    const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
    if (image === undefined ? containers.length > 0 : containers.some((container) => container.image === image))
      return null
    const there = containers.map((container) => `${container.name} (${container.image})`).join(', ') || 'none'
    return {
      what: `no container of ${workload.kind.toLowerCase()} ${workload.name} would run ${image ?? 'anything'}; containers: ${there}`,
      why: 'the release would change nothing that runs',
      remedy: "make image: in deploy.yaml the repository of one of the workload's containers",
    }
  },
}
