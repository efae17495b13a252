import { DeployError } from '../core/errors.ts'
import type { Ref } from '../core/kinds.ts'
import type { Deployment, KubeObject, StatefulSet } from '../core/objects.ts'
import { second } from '../core/time.ts'
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

/** Nodes need a right of cluster scope, and there may be thousands: without them the plan says what was not looked at. */
const nodesOf = (cluster: Cluster, signal: AbortSignal): Promise<readonly KubeObject[] | null> =>
  cluster.list({ kind: 'Node', namespace: '' }, { signal, timeout: 3 * second }).catch((error: unknown) => {
    if (error instanceof DeployError) return null
    throw error
  })
