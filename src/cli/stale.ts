import { DeployError } from '../core/errors.ts'
import { marks } from '../core/marks.ts'
import type { Deployment } from '../core/objects.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import { isComplaint } from '../core/preflight/complaint.ts'
import { stableOf } from '../core/preflight/stable.ts'
import { staleness } from '../core/stale.ts'
import { find } from '../core/view.ts'
import type { Site } from '../engine/planning.ts'
import { siteOf } from '../engine/site.ts'
import { refuse } from './planned.ts'

/** A plan that was saved is good for the world that it was made in, and for no other. */
export function refuseStale(plan: Plan, sites: readonly Site[]): void {
  const units = unitsOf(plan)
  const seen = units.map((unit) => ({ unit, view: siteOf(sites, unit.cluster).reins.watched.view() }))
  refuse(
    seen.flatMap(({ unit, view }) => {
      const workload = find(view, unit.workload.kind, unit.workload.name) as Deployment | undefined
      const token = workload?.metadata.annotations?.[marks.token]
      if (token !== undefined)
        return [
          {
            unit: unit.id,
            level: 'refuse' as const,
            code: 'run-open',
            what: `a run is open: ${token}`,
            why: 'two releases of one workload would undo each other',
            remedy: 'deploy list',
          },
        ]
      if (!workload || unit.workload.kind !== 'Deployment' || plan.release.emergency) return []
      const stable = stableOf(view, workload)
      return isComplaint(stable) ? [{ ...stable, unit: unit.id }] : []
    }),
    units.length,
  )
  const moved = seen.flatMap(({ unit, view }) =>
    staleness(unit, view).map((text) => (units.length > 1 ? `${unit.id}: ${text}` : text)),
  )
  if (moved.length === 0) return
  const { strategy, version, service, environment } = plan.release
  throw new DeployError({
    code: 'plan-stale',
    what: `the world moved since the plan was made:\n  ${moved.join('\n  ')}`,
    why: 'what was approved is not what would happen now',
    remedy: `make a fresh plan: deploy plan ${strategy} ${version} -s ${service} -e ${environment} --out plan.json`,
    exit: 'stale',
  })
}
