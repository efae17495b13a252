import type { Deployment } from '../core/objects.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import { find } from '../core/view.ts'
import type { Site } from '../engine/planning.ts'
import { siteOf } from '../engine/site.ts'

/** How many pods each unit of a plan is asked for now. */
export const replicasOf = (plan: Plan, sites: readonly Site[]): Map<string, number> =>
  new Map(
    unitsOf(plan).flatMap(({ id, cluster, workload: { kind, name } }) => {
      const workload = find(siteOf(sites, cluster).reins.watched.view(), kind, name) as Deployment | undefined
      return workload ? [[id, workload.spec.replicas ?? 1] as const] : []
    }),
  )
