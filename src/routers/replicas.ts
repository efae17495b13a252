import type { Ref } from '../core/kinds.ts'
import type { Router } from '../core/router.ts'
import { find } from '../core/view.ts'

/** One Service in front of both sets: as many percent of requests as there are new pods. Writes nothing of its own. */
export const replicas: Router = {
  name: 'replicas',
  summary: 'pod counts behind one Service; no finer than one pod',
  resolution: 'pods',
  beside: false,
  find: (view, service): Ref | null =>
    find(view, 'Service', service) ? { kind: 'Service', namespace: view.namespace, name: service } : null,
  bind: (_draft, { service }) => ({
    router: replicas,
    describe: (weight) => `service ${service}: ${weight} % of its pods are new`,
    shift: () => [],
    retire: () => [],
    back: () => [],
    proof: () => ({ kind: 'endpoints', service, tracks: ['stable', 'new'] }),
  }),
}
