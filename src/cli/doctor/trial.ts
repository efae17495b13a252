import type { Loaded } from '../../config/load.ts'
import { DeployError } from '../../core/errors.ts'
import type { Ref } from '../../core/kinds.ts'
import type { Deployment, StatefulSet } from '../../core/objects.ts'
import type { Complaint } from '../../core/preflight/complaint.ts'
import { imageIn } from '../../core/template.ts'
import { find, type View } from '../../core/view.ts'
import type { SourceCheck } from '../../adapters/metrics/check.ts'
import type { Cluster, PodDoor } from '../../ports.ts'
import type { CommandContext } from '../context.ts'
import type { DoctorOptions, Reached } from './scene.ts'

/** What would come of releasing one service in one cluster now, by each strategy. Nothing is released. */
export interface Trial {
  /** `web@production/us-east-1` */
  readonly place: string
  readonly service: string
  readonly workload: Ref
  /** `null`: it could not be looked at. */
  readonly view: View | null
  readonly problem?: DeployError
  /** Of the live template. */
  readonly image?: string
  readonly strategies: readonly Attempt[]
  /** Of the source of its figures; `null` where it has none, nothing where nobody looked. */
  readonly figures?: SourceCheck | DeployError | null
}

export interface Attempt {
  readonly strategy: string
  readonly complaints: readonly Complaint[]
  /** What this identity lacks for it; `null` where there was no plan to ask about. */
  readonly lacking: readonly Complaint[] | null
}

export interface TrialInput {
  readonly config: Loaded
  readonly options: DoctorOptions
  readonly context: CommandContext
  readonly cluster: Cluster & { readonly door: PodDoor }
  readonly reached: Reached
  readonly namespace: string
}

/** Every service of the configuration, or the one that was named. */
export const trialsOf = (input: TrialInput): Promise<Trial[]> =>
  Promise.all(
    Object.entries(input.config.config.services)
      .filter(([name]) => input.options.service === undefined || input.options.service === name)
      .map(([service, { workload = { kind: 'Deployment', name: service } as const }]) =>
        trialOf(input, service, { ...workload, namespace: input.namespace }),
      ),
  )

async function trialOf(input: TrialInput, service: string, workload: Ref): Promise<Trial> {
  const { cluster, context, config, reached } = input
  const about = { place: `${service}@${reached.place}`, service, workload }
  try {
    const { openSite } = await import('../../engine/site.ts')
    const site = await openSite(cluster, workload, context.signal)
    await using _watched = site.reins.watched
    const view = site.reins.watched.view()
    const { attempt } = await import('./attempt.ts')
    const strategies = await Promise.all(
      context.strategies.map((strategy) => attempt({ ...input, service, site, strategy })),
    )
    const object = find(view, workload.kind, workload.name) as Deployment | StatefulSet | undefined
    const repository = config.config.services[service]?.image ?? ''
    const image = object && imageIn(object.spec.template, repository)
    const { figuresOf } = await import('./figures.ts')
    const figures = await figuresOf(input, { service, workload, view, image, door: cluster.door })
    return { ...about, view, strategies, figures, ...(image !== undefined && { image }) }
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    return { ...about, view: null, problem: error, strategies: [] }
  }
}
