import { followHome } from '../adapters/journal/home/follow.ts'
import type { KeptRun } from '../adapters/journal/home/find.ts'
import type { HomeCopy } from '../adapters/journal/home/read.ts'
import { clustersAsked, clustersOf, type ClusterTarget } from '../config/clusters.ts'
import { asked, pick } from '../config/pick.ts'
import { DeployError } from '../core/errors.ts'
import { homeOf, leaseOf } from '../core/home.ts'
import type { Entry } from '../core/journal.ts'
import { at } from '../core/json.ts'
import { type Millis, second } from '../core/time.ts'
import type { Call, Cluster } from '../ports.ts'
import { clockOf } from './clock.ts'
import type { CommandContext } from './context.ts'
import type { ReleaseOptions } from './options.ts'
import { loadFor } from './plan-sites.ts'
import { connectTo } from './sites.ts'

/** Which clusters are asked for runs that this machine does not have. */
export type Whither = Pick<ReleaseOptions, 'config' | 'env' | 'cluster' | 'namespace'>

/** For one cluster: a person waits, and the others may know. */
const patience: Millis = 8 * second

/** A run in its home, and whether somebody drives it now. */
export interface FoundElsewhere extends HomeCopy {
  readonly cluster: string
  readonly namespace: string
  readonly attended: boolean
}

/** The runs that the clusters of the environment keep. */
export async function runsElsewhere(
  want: 'open' | 'any',
  whither: Whither,
  context: CommandContext,
): Promise<readonly KeptRun[]> {
  const { keptRuns } = await import('../adapters/journal/home/find.ts')
  const found = await askAll(whither, context, (cluster, namespace, call) =>
    keptRuns({ cluster, namespace }, want, call),
  )
  return found.flat()
}

/** One run, from whichever cluster of the environment keeps it; `null`: none does. */
export async function runElsewhere(
  run: string,
  whither: Whither,
  context: CommandContext,
): Promise<FoundElsewhere | null> {
  const { readHome } = await import('../adapters/journal/home/read.ts')
  const found = await askAll(whither, context, async (cluster, namespace, call) => {
    const copy = await readHome({ cluster, namespace, run }, call)
    return copy && { ...copy, cluster: cluster.name, namespace, attended: await isDriven(copy, cluster, call) }
  })
  return found.find((one) => one !== null) ?? null
}

/** The entries of a run as whoever drives it brings them to its home. */
export async function* followElsewhere(
  run: string,
  name: string,
  whither: Whither & { readonly signal: AbortSignal },
  context: CommandContext,
): AsyncGenerator<Entry> {
  const target = targetsFor(whither, context).find((one) => one.name === name)
  if (!target) throw new Error(`cluster ${name} told of run ${run} and is not there`)
  const { cluster, namespace } = await connectTo(target, context)
  await using _ = cluster
  yield* followHome({ cluster, namespace, run, clock: clockOf(context.process), signal: whither.signal })
}

/** As the home Lease says. Without one nobody drives. */
async function isDriven({ plan }: HomeCopy, cluster: Cluster, call: Call): Promise<boolean> {
  const lease = await cluster.get(leaseOf(homeOf(plan)), call)
  return lease !== null && Boolean(at(lease, '/spec/holderIdentity'))
}

/** Asks every cluster, side by side. One that is away is said; when nobody answers its error is ours. */
async function askAll<T>(
  whither: Whither,
  context: CommandContext,
  ask: (cluster: Cluster, namespace: string, call: Call) => Promise<T>,
): Promise<T[]> {
  const answers = await Promise.allSettled(
    targetsFor(whither, context).map(async (target) => {
      const signal = AbortSignal.any([context.signal, AbortSignal.timeout(patience)])
      const { cluster, namespace } = await connectTo(target, context)
      await using _ = cluster
      return await ask(cluster, namespace, { signal, timeout: patience })
    }),
  )
  const failed = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
  const [first] = failed
  if (failed.some((error) => !(error instanceof DeployError)) || failed.length === answers.length) throw first
  for (const error of failed)
    if (error instanceof DeployError) context.process.streams.stderr.write(`not asked for runs: ${error.what}\n`)
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
}

/** The clusters of the environment. */
export function targetsFor(whither: Whither, context: CommandContext): ClusterTarget[] {
  const { env: variables } = context.process
  const { config, where, folder } = loadFor(context, whither.config)
  const environment = asked(whither.env, '--env', variables, 'DEPLOY_ENV')
  return clustersOf({
    environment: pick('environment', environment, config.environments, where).entry,
    only: clustersAsked(whither.cluster, variables),
    namespace: asked(whither.namespace, '--namespace', variables, 'DEPLOY_NAMESPACE'),
    folder,
    variables,
  })
}
