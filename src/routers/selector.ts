import { at, type JsonObject, same } from '../core/json.ts'
import type { Ref } from '../core/kinds.ts'
import { marks } from '../core/marks.ts'
import { asserted } from '../core/moves/context.ts'
import { paths } from '../core/moves/locks.ts'
import { placeholders } from '../core/plan.ts'
import type { Router, StepDraft } from '../core/router.ts'
import { find } from '../core/view.ts'
import { DeployError } from '../core/errors.ts'

/**
 * Cut-over by the Service's own selector: widen to both versions, wait until the endpoints show it, narrow to the new.
 * Never from one set straight to the other: there would be a moment with nobody behind the Service.
 */
export const selector: Router = {
  name: 'selector',
  summary: 'cut-over by the selector of the Service',
  resolution: 'cut-over',
  beside: true,
  find: (view, service): Ref | null =>
    find(view, 'Service', service) ? { kind: 'Service', namespace: view.namespace, name: service } : null,
  bind(draft, { service }, object) {
    const policy = at(draft.seen(object), '/spec/externalTrafficPolicy')
    if (policy === 'Local') {
      throw new DeployError({
        code: 'router-refused',
        what: `service ${service} has externalTrafficPolicy: Local`,
        why: 'the load balancer learns of moved endpoints by its own health checks, later than the cluster: requests would be lost at a cut-over by selector',
        remedy:
          'set externalTrafficPolicy: Cluster, or put a Gateway API HTTPRoute in front and use traffic: { router: gateway-api }',
        exit: 'refused',
      })
    }
    const seen = at(draft.seen(object), paths.selector) as JsonObject
    const set = (id: string, does: string, selector: JsonObject, tracks: readonly ('stable' | 'new')[]): StepDraft => ({
      id,
      does,
      action: asserted(draft.change(object, { [paths.selector]: selector }), { kind: 'endpoints', service, tracks }),
    })
    // The pin is on by the time of the first shift: this is what the way back returns to.
    let pinned: JsonObject | null = null
    return {
      router: selector,
      describe: (weight) => `service ${service}: ${weight === 0 ? 'stable' : 'new'} pods`,
      shift(weight) {
        pinned ??= draft.asDrafted(object, paths.selector) as JsonObject
        if (weight !== 100)
          throw new DeployError({
            code: 'router-refused',
            what: `router selector can't give ${weight} % of requests to the new pods`,
            remedy: 'use weights: [100], or a router that splits: gateway-api',
          })
        return [
          set('widen', `service ${service}: stable and new pods`, seen, ['stable', 'new']),
          set('narrow', `service ${service}: only the new pods`, { ...seen, [marks.release]: placeholders.run }, [
            'new',
          ]),
        ]
      },
      retire: () => [],
      back() {
        if (!pinned || same(pinned, seen)) return []
        const action = asserted(draft.restore(object, { [paths.selector]: pinned }), {
          kind: 'endpoints',
          service,
          tracks: ['stable'],
        })
        return [{ id: `route-${service}`, does: `service ${service}: only the stable pods`, action }]
      },
      proof: () => ({ kind: 'endpoints', service, tracks: ['new'] }),
    }
  },
}
