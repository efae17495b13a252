import type { SourceCheck } from '../../adapters/metrics/check.ts'
import { sourceOf } from '../../config/metrics-source.ts'
import { queriesOf, Rollback } from '../../config/rollback.ts'
import { DeployError } from '../../core/errors.ts'
import type { Ref } from '../../core/kinds.ts'
import type { Deployment, KubeObject, Pod } from '../../core/objects.ts'
import { second } from '../../core/time.ts'
import { find, podsOf, replicaSetsOf, type View } from '../../core/view.ts'
import { readyAs } from '../../engine/measured-pods.ts'
import type { PodDoor } from '../../ports.ts'
import { clockOf } from '../clock.ts'
import type { TrialInput } from './trial.ts'

export interface FiguresOf {
  readonly service: string
  readonly workload: Ref
  readonly view: View
  /** Of the live template. */
  readonly image?: string | undefined
  readonly door: PodDoor
}

/** What the source of a service's figures says about the pods that serve now; `null` where it has none. */
export async function figuresOf(
  { config, context, reached, namespace }: TrialInput,
  { service, workload, view, image = '', door }: FiguresOf,
): Promise<SourceCheck | DeployError | null> {
  const entry = config.config.services[service]
  if (!entry?.metrics) return null
  const place = config.where(['services', service, 'metrics']) ?? ''
  const cluster = reached.target.name
  const [{ openMetrics }, { checkMetrics }] = await Promise.all([
    import('../../adapters/metrics/index.ts'),
    import('../../adapters/metrics/check.ts'),
  ])
  try {
    const queries = queriesOf(entry.rollback ?? Rollback.parse({}))
    const source = sourceOf({ entry: entry.metrics, folder: config.folder, place }, { cluster, queries })
    const [, version = ''] = /:([^:@/]+)(?:@.*)?$/.exec(image) ?? []
    await using metrics = await openMetrics(source, {
      cluster,
      door,
      namespace,
      service,
      versions: { stable: version, new: version },
      env: context.process.env,
      clock: clockOf(context.process),
    })
    const pods = readyAs('stable', podsUnder(view, workload))
    return await checkMetrics(metrics, pods, { signal: context.signal, timeout: 10 * second })
  } catch (error) {
    if (error instanceof DeployError) return error
    throw error
  }
}

/** Pods of a workload, whatever serves. */
export function podsUnder(view: View, { kind, name }: Ref): readonly Pod[] {
  const owner: KubeObject | undefined = find(view, kind, name)
  if (!owner) return []
  const owners = kind === 'Deployment' ? replicaSetsOf(view, owner as Deployment) : [owner]
  return owners.flatMap((one) => podsOf(view, one))
}
