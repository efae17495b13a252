import type { Deployment } from '../core/objects.ts'
import type { Plan } from '../core/plan.ts'
import { find } from '../core/view.ts'
import type { Site } from '../engine/planning.ts'

/** How many pods each unit of a plan is asked for now. */
export function replicasOf(plan: Plan, sites: readonly Site[]): Map<string, number> {
  return new Map(
    plan.waves.flatMap((wave) =>
      wave.units.flatMap((unit) => {
        const view = sites.find(({ name }) => name === unit.cluster)?.reins.watched.view()
        const workload = view && (find(view, unit.workload.kind, unit.workload.name) as Deployment | undefined)
        return workload ? [[unit.id, workload.spec.replicas ?? 1] as const] : []
      }),
    ),
  )
}
