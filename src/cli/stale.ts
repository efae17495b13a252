import { DeployError } from '../core/errors.ts'
import { marks } from '../core/marks.ts'
import type { Deployment } from '../core/objects.ts'
import type { Plan } from '../core/plan.ts'
import { isComplaint } from '../core/preflight/complaint.ts'
import { stableOf } from '../core/preflight/stable.ts'
import { staleness } from '../core/stale.ts'
import { find } from '../core/view.ts'
import type { Site } from '../engine/planning.ts'
import { refuse } from './planned.ts'

/** A plan that was saved is good for the world that it was made in, and for no other. */
export function refuseStale(plan: Plan, sites: readonly Site[]): void {
  const units = plan.waves.flatMap((wave) => wave.units)
  const seen = units.map((unit) => ({ unit, view: viewOf(sites, unit.cluster) }))
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

export function viewOf(sites: readonly Site[], cluster: string): ReturnType<Site['reins']['watched']['view']> {
  const site = sites.find(({ name }) => name === cluster)
  if (!site) throw new Error(`no connection to ${cluster} was opened`)
  return site.reins.watched.view()
}
