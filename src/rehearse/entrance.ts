import { servicesOf } from '../core/preflight/pins.ts'
import type { PodTemplate } from '../core/objects.ts'
import type { Release, Unit } from '../core/plan.ts'
import { find, type View } from '../core/view.ts'
import type { Target } from '../sim/traffic/shares.ts'

/** Where a unit's requests come in: the route that the plan steers, else its Service; `null`: nothing leads to its pods. */
export function entranceOf(unit: Unit, { service }: Release, view: View): Target | null {
  const { namespace } = unit
  for (const { action } of unit.stages.flatMap(({ steps }) => steps)) {
    const { mutation } = action
    if (mutation.verb !== 'change') continue
    const { object, changes } = mutation
    if (object.kind !== 'HTTPRoute' && object.kind !== 'GRPCRoute') continue
    const rule = Number(/^\/spec\/rules\/(\d+)\//.exec(changes[0]?.path ?? '')?.[1] ?? 0)
    return { namespace, route: object.name, rule }
  }
  const spec = find(view, unit.workload.kind, unit.workload.name)?.['spec'] as { template?: PodTemplate } | undefined
  const services = servicesOf(view, spec?.template?.metadata?.labels ?? {}).map(({ metadata }) => metadata.name)
  const name = services.includes(service) ? service : services[0]
  return name === undefined ? null : { namespace, service: name }
}
