import { nothing } from '../core/errors.ts'
import type { Ref } from '../core/kinds.ts'
import type { Deployment, KubeObject, StatefulSet } from '../core/objects.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import { second } from '../core/time.ts'
import type { View } from '../core/view.ts'
import type { Cluster } from '../ports.ts'
import type { Site } from './planning.ts'
import { scopeOf } from './scope.ts'

/** Looks at one cluster: who it is, and everything around the workload, kept up to date from here on. */
export async function openSite(cluster: Cluster, workload: Ref, signal: AbortSignal): Promise<Site> {
  const [{ uid }, object] = await Promise.all([cluster.identify({ signal }), cluster.get(workload, { signal })])
  // Without a workload there are no pods to watch; planning says what is missing.
  const selector = (object as Deployment | StatefulSet | null)?.spec.selector ?? {
    matchLabels: { 'deploy/no-workload': 'true' },
  }
  const [watched, nodes] = await Promise.all([
    cluster.watch(scopeOf(workload, selector), signal),
    nodesOf(cluster, signal),
  ])
  return { name: cluster.name, uid, namespace: workload.namespace, nodes, reins: { cluster, watched } }
}

/** The site of a plan's cluster: whoever has the plan has opened all of them. */
export function siteOf(sites: readonly Site[], cluster: string): Site {
  const site = sites.find(({ name }) => name === cluster)
  if (!site) throw new Error(`no connection to ${cluster} was opened`)
  return site
}

/** What is seen now around each unit, by unit. */
export const viewsOf = (plan: Plan, sites: readonly Site[]): ReadonlyMap<string, View> =>
  new Map(unitsOf(plan).map(({ id, cluster }) => [id, siteOf(sites, cluster).reins.watched.view()]))

/** Nodes need a right of cluster scope, and there may be thousands: without them the plan says what was not looked at. */
const nodesOf = (cluster: Cluster, signal: AbortSignal): Promise<readonly KubeObject[] | null> =>
  cluster.list({ kind: 'Node', namespace: '' }, { signal, timeout: 3 * second }).catch(nothing)
