import { clustersAsked, clustersOf, type ClusterTarget } from '../../config/clusters.ts'
import type { Loaded } from '../../config/load.ts'
import { DeployError } from '../../core/errors.ts'
import { type Millis, second } from '../../core/time.ts'
import type { Cluster, PodDoor } from '../../ports.ts'
import { clockOf } from '../clock.ts'
import type { CommandContext } from '../context.ts'
import type { ReleaseOptions } from '../options.ts'
import { loadFor } from '../plan-sites.ts'
import { connectTo } from '../sites.ts'
import { type Trial, trialsOf } from './trial.ts'

export type DoctorOptions = Pick<
  ReleaseOptions,
  'config' | 'output' | 'json' | 'color' | 'env' | 'service' | 'namespace' | 'cluster'
> & { readonly rbac?: boolean }

/** One cluster of one environment, and what came of reaching it. */
export interface Reached {
  /** `production/us-east-1` */
  readonly place: string
  readonly environment: string
  readonly target: ClusterTarget
  /** What its first answer said, or why there was none. */
  readonly answer: { readonly version: string; readonly namespace: string } | DeployError
  /** How far the server's clock is ahead of ours; `null` where it did not say. */
  readonly ahead: Millis | null
}

/** All that the checks look at. It is looked for once, before the first of them. */
export interface Scene {
  readonly context: CommandContext
  readonly config: Loaded | DeployError
  readonly clusters: readonly Reached[]
  readonly trials: readonly Trial[]
}

/** Looks at everything side by side. What can't be reached is part of the scene, never the end of it. */
export async function openScene(options: DoctorOptions, context: CommandContext): Promise<Scene & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const config = told(() => loadFor(context, options.config))
  if (config instanceof DeployError) return closing({ context, config, clusters: [], trials: [] }, stack.move())
  const targets = targetsIn(config, options, context)
  const opened = await Promise.all(targets.map((target) => reach(target, context)))
  for (const { cluster } of opened) if (cluster) stack.use(cluster)
  const trials = await Promise.all(
    opened.flatMap(({ cluster, reached }) =>
      cluster && !(reached.answer instanceof DeployError)
        ? trialsOf({ config, options, context, cluster, reached, namespace: reached.answer.namespace })
        : [],
    ),
  )
  const scene = { context, config, clusters: opened.map(({ reached }) => reached), trials: trials.flat() }
  return closing(scene, stack.move())
}

const closing = (scene: Scene, stack: AsyncDisposableStack): Scene & AsyncDisposable => ({
  ...scene,
  [Symbol.asyncDispose]: () => stack.disposeAsync(),
})

/** What an operator can mend is an answer; a bug stays one. */
export function told<T>(work: () => T): T | DeployError {
  try {
    return work()
  } catch (error) {
    if (error instanceof DeployError) return error
    throw error
  }
}

type Wanted = Pick<Reached, 'environment' | 'target'>

function targetsIn(config: Loaded, options: DoctorOptions, { process }: CommandContext): Wanted[] {
  const asked = options.env ?? process.env['DEPLOY_ENV']
  const { environments } = config.config
  return Object.entries(environments)
    .filter(([name]) => asked === undefined || asked === '' || name === asked)
    .flatMap(([environment, entry]) =>
      clustersOf({
        environment: entry,
        only: clustersAsked(options.cluster, process.env),
        namespace:
          options.namespace === undefined
            ? undefined
            : { value: options.namespace, origin: { from: 'flag', name: '--namespace' } },
        folder: config.folder,
        variables: process.env,
      }).map((target) => ({ environment, target })),
    )
}

async function reach(
  { environment, target }: Wanted,
  context: CommandContext,
): Promise<{ readonly reached: Reached; readonly cluster?: Cluster & { readonly door: PodDoor } }> {
  const place = `${environment}/${target.name}`
  const clock = clockOf(context.process)
  let ahead: Millis | null = null
  using _dates = context.requests.listen(({ cluster, date }) => {
    // The header has whole seconds: on the average it is half of one late.
    if (cluster === place && date !== undefined) ahead = date + second / 2 - clock.now()
  })
  let cluster: (Cluster & { readonly door: PodDoor }) | undefined
  try {
    const connected = await connectTo({ ...target, name: place }, context)
    cluster = connected.cluster
    const { version } = await cluster.identify({ signal: context.signal })
    return {
      cluster,
      reached: { place, environment, target, answer: { version, namespace: connected.namespace }, ahead },
    }
  } catch (error) {
    await cluster?.[Symbol.asyncDispose]()
    if (!(error instanceof DeployError)) throw error
    return { reached: { place, environment, target, answer: error, ahead } }
  }
}
