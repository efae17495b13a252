import { type Check, kubectl } from '../check.ts'

/** Who reaches the pods without the router, and so meets the new version at another moment than its weights say. */
export const bypass: Check = {
  code: 'service-bypass',
  level: 'warn',
  emergency: 'off',
  look(facts) {
    const { pinned, router, service, services, excludedPins } = facts
    if (!pinned) return null
    const names = services
      .map(({ metadata }) => metadata.name)
      .filter((name) => !excludedPins.includes(name) && !(name === service && router === 'selector'))
    if (names.length === 0) return null
    return {
      what: `callers inside the cluster through service ${names.join(', ')} switch at the finish, all at once`,
      why: 'they do not pass the router: until then they meet only the old version, so no weight tries the new one on them',
      remedy: 'to split them, too: a mesh, a Service parentRef of the route, or traffic: { router: replicas }',
    }
  },
}

export const leftOut: Check = {
  code: 'pin-left-out',
  level: 'warn',
  emergency: 'off',
  look(facts) {
    const { pinned, excludedPins, services, service, called } = facts
    if (!pinned) return null
    return excludedPins.map((name) => {
      if (name === service) {
        return {
          level: 'refuse',
          what: `service ${name} is left unpinned, and it is the one that users' requests are addressed to`,
          why: 'it would send to new pods as soon as they are ready, whatever the weight',
          remedy: `remove ${name} from traffic.pin`,
        }
      }
      if (!services.some(({ metadata }) => metadata.name === name)) {
        return {
          what: `service ${name} is to be left unpinned and does not send to the pods of ${called}`,
          why: 'it may be misspelt: another one would be pinned',
          remedy: kubectl(facts, 'get services -o wide'),
        }
      }
      return {
        what: `service ${name} is left unpinned`,
        why: 'it sends to new pods as soon as they are ready, as many percent as there are new pods',
        remedy: `remove ${name} from traffic.pin, unless that is meant`,
      }
    })
  },
}

/** A load balancer that looks at nodes or pods itself learns of a switch later than the cluster. */
export const localTraffic: Check = {
  code: 'service-local-traffic',
  level: 'warn',
  emergency: 'off',
  look: (facts) =>
    facts.pinned
      ? facts.services.flatMap(({ metadata: { name, annotations = {} }, spec }) => {
          if (facts.excludedPins.includes(name)) return []
          const local = spec.externalTrafficPolicy === 'Local'
          const byPodAddress = Object.entries(annotations).find(([key, value]) => podAddresses[key]?.test(value))?.[0]
          if (!local && !byPodAddress) return []
          const cutOver = facts.router === 'selector' && name === facts.service
          return {
            level: cutOver ? ('refuse' as const) : ('warn' as const),
            what: `service ${name} has ${local ? 'externalTrafficPolicy: Local' : `a load balancer of pod addresses (${byPodAddress})`}`,
            why: `its load balancer learns of moved endpoints by its own health checks, later than the cluster: requests may be lost when it switches ${cutOver ? 'by selector' : 'at the finish'}`,
            remedy: cutOver
              ? gateway
              : `set externalTrafficPolicy: Cluster, or send its callers through the route: ${kubectl(facts, `edit service/${name}`)}`,
          }
        })
      : null,
}

const gateway =
  'put a Gateway API HTTPRoute in front and use traffic: { router: gateway-api }, or set externalTrafficPolicy: Cluster'

/**
 * Services whose load balancer targets pods: AWS Load Balancer Controller (kubernetes-sigs.github.io/aws-load-balancer-controller,
 * "nlb-target-type"), GKE container-native load balancing (cloud.google.com/kubernetes-engine, "neg").
 */
const podAddresses: Readonly<Record<string, RegExp>> = {
  'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': /^ip$/,
  'service.beta.kubernetes.io/aws-load-balancer-type': /^nlb-ip$/,
  'cloud.google.com/neg': /"(ingress":\s*true|exposed_ports")/,
}
