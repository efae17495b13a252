import type { Json, JsonObject } from '../../json.ts'
import { find } from '../../view.ts'
import { type Check, kubectl } from '../check.ts'

/** Whether the router can do what the strategy wants of it. */
export const canNotSplit: Check = {
  code: 'router-cannot-split',
  level: 'refuse',
  emergency: 'off',
  look: ({ router, strategy, service, version }) =>
    router === 'selector' && strategy.name !== 'blue-green' && strategy.traffic === 'routed'
      ? {
          what: `router selector can not give a part of the requests of service ${service} to the new pods`,
          why: `a Service selects pods or does not: strategy ${strategy.name} needs the shares between`,
          remedy: `deploy blue-green ${version}, or a router that splits: traffic: { router: gateway-api }`,
        }
      : null,
}

interface Rule {
  readonly backendRefs?: readonly (JsonObject & { readonly name: string })[]
  readonly sessionPersistence?: Json
}

export const routeSticky: Check = {
  code: 'route-sticky',
  level: 'refuse',
  emergency: 'off',
  look(facts) {
    const { route, router, service, view } = facts
    if (router !== 'gateway-api' || !route) return null
    const spec = find(view, route.kind, route.name)?.['spec'] as { rules?: readonly Rule[] } | undefined
    const rules = (spec?.rules ?? []).filter(({ backendRefs }) => backendRefs?.some(({ name }) => name === service))
    if (!rules.some(({ sessionPersistence }) => sessionPersistence)) return null
    return {
      what: `${route.kind} ${route.name} has sessionPersistence`,
      why: 'sessions that stick keep users on a version that was taken back',
      remedy: `${kubectl(facts, `edit ${route.kind.toLowerCase()}/${route.name}`)}: remove it for the release; or use the strategy rolling`,
    }
  },
}
