import { DeployError } from '../core/errors.ts'
import type { Ref } from '../core/kinds.ts'
import type { Router } from '../core/router.ts'
import { find, type View } from '../core/view.ts'
import { routers } from '../routers/index.ts'
import type { Planning } from './planning.ts'

interface Chosen {
  readonly router: Router
  readonly route: Ref
}

/** The router that was named, or the first that finds something of this service to steer and fits the strategy. */
export function chooseRouter({ request, strategy }: Pick<Planning, 'request' | 'strategy'>, view: View): Chosen | null {
  const { router: name, route } = request.traffic
  // The preflight says so.
  if (!find(view, 'Service', request.service)) return null
  const wanted = name
    ? routers.filter((router) => router.name === name)
    : strategy.routing.flatMap((resolution) => routers.filter((router) => router.resolution === resolution))
  for (const router of wanted) {
    const found = router.find(view, request.service, route)
    if (found) return { router, route: found }
  }
  throw new DeployError({
    code: 'router-missing',
    what: name
      ? `router ${name} finds ${route ? `no route ${route}` : `nothing that sends requests to service ${request.service}`} in namespace ${view.namespace}`
      : `no router fits ${strategy.name} for service ${request.service}`,
    remedy: 'name the route in deploy.yaml: traffic: { router: gateway-api, route: … }; or use the strategy rolling',
    exit: 'refused',
  })
}
