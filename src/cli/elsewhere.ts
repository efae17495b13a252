import type { KeptRun } from '../adapters/journal/home/find.ts'
import type { HomeCopy, Kept } from '../adapters/journal/home/read.ts'
import { clustersAsked, clustersOf, type ClusterTarget } from '../config/clusters.ts'
import { asked, pick } from '../config/pick.ts'
import { DeployError } from '../core/errors.ts'
import { homeOf, leaseOf } from '../core/home.ts'
import type { Plan } from '../core/plan.ts'
import { type Millis, second } from '../core/time.ts'
import type { Call, Cluster } from '../ports.ts'
import { type Driven, nobody } from './attended.ts'
import { clockOf } from './clock.ts'
import type { CommandContext } from './context.ts'
import { drivenBy } from './driven.ts'
import type { ReleaseOptions } from './options.ts'
import { loadFor, targetsOf } from './plan-sites.ts'
import { connectTo } from './sites.ts'

/** Which clusters are asked for runs that this machine does not have. */
export type Whither = Pick<ReleaseOptions, 'config' | 'env' | 'cluster' | 'namespace'>

/** For each request: a person waits, and other clusters may know. */
const usualPatience: Millis = 10 * second

/** How clusters are asked. */
export interface Asking {
  /** Told of each that did not answer, where another one did. */
  readonly onAway?: (error: DeployError) => void
  /** For each request. */
  readonly patience?: Millis
}

/** A run in its home, and who drives it. */
export interface FoundElsewhere extends HomeCopy {
  readonly cluster: string
  readonly namespace: string
  readonly driven: Driven
}

/** The runs that the clusters of the environment keep. */
export async function runsElsewhere(
  want: 'open' | 'any',
  whither: Whither,
  context: CommandContext,
  asking?: Asking,
): Promise<readonly KeptRun[]> {
  const { keptRuns } = await import('../adapters/journal/home/find.ts')
  const ask = (cluster: Cluster, namespace: string, call: Call) => keptRuns({ cluster, namespace }, want, call)
  return (await askAll(whither, context, ask, asking)).flat()
}

/** One run, from whichever cluster of the environment keeps it; `null`: none does. */
export async function runElsewhere(
  run: string,
  whither: Whither,
  context: CommandContext,
): Promise<FoundElsewhere | null> {
  const found = await askAll(whither, context, (cluster, namespace, call) =>
    read({ cluster, namespace, run }, context, call),
  )
  return found.find((one) => one !== null) ?? null
}

/** All runs of the clusters of the environment, whole, but for those that `isKnown` has nothing to learn of. */
export async function allElsewhere(
  isKnown: (run: string) => boolean,
  whither: Whither,
  context: CommandContext,
): Promise<readonly FoundElsewhere[]> {
  const { keptRuns } = await import('../adapters/journal/home/find.ts')
  const found = await askAll(whither, context, async (cluster, namespace, call) => {
    const kept = await keptRuns({ cluster, namespace }, 'any', call)
    const wanted = kept.filter(({ run }) => !isKnown(run))
    // One that is damaged does not hide the others.
    return await Promise.all(
      wanted.map(({ run }) => read({ cluster, namespace, run }, context, call).catch(said(context))),
    )
  })
  return found.flat().filter((one) => one !== null)
}

/** A run that this machine knows, as its home cluster has it; `null`: it has none of it, or can't be asked (which is said). */
export async function homeOfRun(
  { run, plan }: { readonly run: string; readonly plan: Plan },
  { config }: Pick<Whither, 'config'>,
  context: CommandContext,
): Promise<FoundElsewhere | null> {
  try {
    const { cluster: name, namespace } = homeOf(plan)
    const target = targetsOf(plan, loadFor(context, config), context).find((one) => one.name === name)
    if (!target) return null
    const { cluster } = await connectTo(target, context)
    await using _ = cluster
    return await read({ cluster, namespace, run }, context, { signal: context.signal, timeout: usualPatience })
  } catch (error) {
    // Without a configuration that can be read there is nobody to ask, and what is here is all.
    if (error instanceof DeployError && error.code.startsWith('config')) return null
    return said(context)(error)
  }
}

const said =
  ({ process, signal }: CommandContext) =>
  (error: unknown): null => {
    if (signal.aborted || !(error instanceof DeployError)) throw error
    process.streams.stderr.write(`not asked for runs: ${error.what}\n`)
    return null
  }

async function read(kept: Kept, { process }: CommandContext, call: Call): Promise<FoundElsewhere | null> {
  const { readHome } = await import('../adapters/journal/home/read.ts')
  const { cluster, namespace, run } = kept
  const copy = await readHome(kept, call)
  if (copy === null) return null
  const isOver = copy.entries.at(-1)?.type === 'closed'
  const ref = leaseOf(homeOf(copy.plan))
  const driven = isOver ? nobody : await drivenBy({ cluster, ref, run }, clockOf(process), call)
  return { ...copy, cluster: cluster.name, namespace, driven }
}

/** Asks every cluster, side by side. One that is away is said; when nobody answers its error is ours. */
async function askAll<T>(
  whither: Whither,
  context: CommandContext,
  ask: (cluster: Cluster, namespace: string, call: Call) => Promise<T>,
  { onAway = said(context), patience = usualPatience }: Asking = {},
): Promise<T[]> {
  const answers = await Promise.allSettled(
    targetsFor(whither, context).map(async (target) => {
      const { cluster, namespace } = await connectTo(target, context)
      await using _ = cluster
      return await ask(cluster, namespace, { signal: context.signal, timeout: patience })
    }),
  )
  const failed = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
  const [first] = failed
  if (failed.some((error) => !(error instanceof DeployError)) || failed.length === answers.length) throw first
  for (const error of failed) if (error instanceof DeployError) onAway(error)
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
