import type { Deployment, StatefulSet } from '../objects.ts'
import { resolved, surgeOf } from '../percent.ts'
import { find } from '../view.ts'
import type { PreflightCase } from './case.ts'
import type { Facts } from './check.ts'
import { servicesOf } from './pins.ts'
import { stableOf } from './stable.ts'
import { stableRevisionOf } from './stable-revision.ts'

/** `null` when there is no workload of a kind that is released. */
export function factsOf(input: PreflightCase): Facts | null {
  const { view, workload, strategy } = input
  const deployment = workload.kind === 'Deployment' ? (find(view, 'Deployment', workload.name) ?? null) : null
  const statefulSet = workload.kind === 'StatefulSet' ? (find(view, 'StatefulSet', workload.name) ?? null) : null
  const object = deployment ?? statefulSet
  if (!object) return null
  const replicas = object.spec.replicas ?? 1
  const labels = object.spec.template.metadata?.labels ?? {}
  return {
    ...input,
    object,
    deployment,
    statefulSet,
    called: `${workload.kind.toLowerCase()} ${workload.name}`,
    replicas,
    labels,
    newLabels: input.newTemplate.metadata?.labels ?? {},
    stable: replicas === 0 ? null : stable(input, deployment, statefulSet),
    surge: deployment ? surgeFor(input, deployment, replicas) : 0,
    pinned: strategy.traffic === 'routed' && input.router !== 'replicas',
    main: find(view, 'Service', input.service) ?? null,
    services: servicesOf(view, labels),
  }
}

const stable = ({ view }: PreflightCase, deployment: Deployment | null, statefulSet: StatefulSet | null) => {
  if (deployment) return stableOf(view, deployment)
  return statefulSet ? stableRevisionOf(statefulSet) : null
}

/** A StatefulSet replaces pods where they are; under `--emergency` a Deployment surges by its own strategy. */
function surgeFor({ emergency, peakPercent }: PreflightCase, { spec }: Deployment, replicas: number): number {
  if (replicas === 0) return 0
  if (!emergency) return Math.max(1, surgeOf(peakPercent, replicas))
  return spec.strategy?.type === 'Recreate' ? 0 : resolved(spec.strategy?.rollingUpdate?.maxSurge, replicas, 'up')
}
