import { DeployError } from '../core/errors.ts'
import type { Ref } from '../core/kinds.ts'
import type { ClusterTarget } from '../config/clusters.ts'
import type { Resolved } from '../config/resolve.ts'
import { openSite } from '../engine/site.ts'
import type { Site } from '../engine/planning.ts'
import type { Cluster } from '../ports.ts'
import type { Process } from './process.ts'
import { version } from './version.ts'

export interface Sites extends AsyncDisposable {
  readonly sites: readonly Site[]
}

export interface Connected {
  readonly cluster: Cluster
  readonly namespace: string
}

/** One connection for a cluster of the configuration. */
export async function connectTo(target: ClusterTarget, { env, random }: Process): Promise<Connected> {
  if (target.eks) {
    throw new DeployError({
      code: 'config-not-yet',
      what: `cluster ${target.name}: eks is not there yet`,
      why: 'looking up the endpoint of an EKS cluster comes with the AWS part',
      remedy: `aws eks update-kubeconfig --name ${target.eks.cluster} --region ${target.eks.region}, then name its context instead: context: …`,
    })
  }
  const [{ connect }, { systemClock }] = await Promise.all([import('../adapters/kubernetes/connect.ts'), import('../adapters/clock.ts')])
  const { name, context, kubeconfig, namespace } = target
  const cluster = await connect({ name, context, kubeconfig, namespace, env, clock: systemClock, version, random })
  return { cluster, namespace: cluster.namespace }
}

/** Every cluster of a release, looked at side by side. Disposing ends all watches and connections. */
export async function openSites(request: Pick<Resolved, 'clusters' | 'workload'>, process: Process, signal: AbortSignal): Promise<Sites> {
  const stack = new AsyncDisposableStack()
  try {
    const sites = await Promise.all(
      request.clusters.map(async (target) => {
        const { cluster, namespace } = await connectTo(target, process)
        stack.use(cluster)
        const workload: Ref = { kind: request.workload.kind, namespace, name: request.workload.name }
        const site = await openSite(cluster, workload, signal)
        stack.use(site.reins.watched)
        return site
      }),
    )
    return { sites, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}
