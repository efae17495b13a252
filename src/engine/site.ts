import type { Ref } from '../core/kinds.ts'
import type { Deployment, StatefulSet } from '../core/objects.ts'
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
  const watched = await cluster.watch(scopeOf(workload, selector), signal)
  return { name: cluster.name, uid, namespace: workload.namespace, reins: { cluster, watched } }
}
