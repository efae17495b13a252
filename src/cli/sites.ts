import { DeployError } from '../core/errors.ts'
import type { Ref } from '../core/kinds.ts'
import type { ClusterTarget } from '../config/clusters.ts'
import { isAway } from '../engine/leases/away.ts'
import { openSite } from '../engine/site.ts'
import type { Site } from '../engine/planning.ts'
import type { RequestNote } from '../adapters/kubernetes/rest.ts'
import type { Connected as Connection } from '../adapters/kubernetes/connect.ts'
import { clockOf } from './clock.ts'
import type { CommandContext } from './context.ts'
import { version } from './version.ts'

export interface Sites extends AsyncDisposable {
  readonly sites: readonly Site[]
  /** Of a run that only goes back. */
  readonly away?: readonly AwaySite[]
}

/** A cluster that did not answer. The connection is there: it may yet. */
export interface AwaySite {
  readonly name: string
  readonly cluster: Connection
  readonly error: DeployError
}

export interface Connected {
  readonly cluster: Connection
  readonly namespace: string
  /** Of the kubeconfig; `null` in a pod that has none. */
  readonly context: string | null
}

type Reached = Pick<CommandContext, 'process' | 'requests' | 'signal'>

/** One connection for a cluster of the configuration. */
export async function connectTo(target: ClusterTarget, { process, requests }: Reached): Promise<Connected> {
  if (target.eks) {
    throw new DeployError({
      code: 'config-not-yet',
      what: `cluster ${target.name}: eks is not there yet`,
      why: 'looking up the endpoint of an EKS cluster comes with the AWS part',
      remedy: `aws eks update-kubeconfig --name ${target.eks.cluster} --region ${target.eks.region}, then name its context instead: context: …`,
    })
  }
  const { connect } = await import('../adapters/kubernetes/connect.ts')
  const { name, context, kubeconfig, namespace, inCluster = false } = target
  const onRequest = (request: RequestNote): void => requests.note({ cluster: name, ...request })
  const cluster = await connect({
    name,
    context,
    kubeconfig,
    inCluster,
    namespace,
    env: process.env,
    clock: clockOf(process),
    version,
    random: process.random,
    onRequest,
  })
  return { cluster, namespace: cluster.namespace, context: cluster.context }
}

/** Every cluster of a release, looked at side by side. Disposing ends all watches and connections. */
export async function openSites({ clusters, workload, isBack = false }: Wanted, context: Reached): Promise<Sites> {
  const stack = new AsyncDisposableStack()
  const away: AwaySite[] = []
  const opened = await Promise.allSettled(
    clusters.map(async (target) => {
      const { cluster, namespace } = await connectTo(target, context)
      stack.use(cluster)
      const ref = { kind: workload.kind, namespace, name: workload.name }
      const site = await openSite(cluster, ref, context.signal).catch((error: unknown) => {
        if (!isBack || !isAway(error)) throw error
        away.push({ name: target.name, cluster, error })
      })
      if (!site) return []
      stack.use(site.reins.watched)
      return [{ ...site, door: cluster.door }]
    }),
  )
  const sites = opened.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
  const failed = opened.find((result) => result.status === 'rejected')
  // Where nothing answers there is nothing to go back in.
  if (failed || (sites.length === 0 && away[0])) {
    await stack.disposeAsync()
    throw failed ? failed.reason : away[0]?.error
  }
  return { sites, ...(isBack && { away }), [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

export interface Wanted {
  readonly clusters: readonly ClusterTarget[]
  readonly workload: Pick<Ref, 'kind' | 'name'>
  /** The run only goes back: a cluster that is away does not stop that in the others. */
  readonly isBack?: boolean
}
