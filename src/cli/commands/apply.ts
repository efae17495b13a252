import { DeployError, type ExitCode } from '../../core/errors.ts'
import { marks } from '../../core/marks.ts'
import type { Deployment } from '../../core/objects.ts'
import type { Plan } from '../../core/plan.ts'
import { isComplaint } from '../../core/preflight/complaint.ts'
import { stableOf } from '../../core/preflight/stable.ts'
import { staleness } from '../../core/stale.ts'
import { find } from '../../core/view.ts'
import type { Site } from '../../engine/planning.ts'
import { approved } from '../approval.ts'
import type { CommandContext } from '../context.ts'
import { driveRun } from '../drive-run.ts'
import type { CommonOptions } from '../options.ts'
import { loadPlan } from '../plan-file.ts'
import { loadFor, sitesOfPlan } from '../plan-sites.ts'
import { lackingFor, refuse } from '../planned.ts'
import { newRun } from '../run-id.ts'

export interface ApplyOptions extends CommonOptions {
  readonly approve?: string
  readonly reason?: string
}

/** `deploy apply plan.json`: runs exactly that plan, on the world that it was made for. */
export async function apply(file: string, options: ApplyOptions, context: CommandContext): Promise<ExitCode> {
  const { process } = context
  const { plan, hash } = await loadPlan(file)
  const loaded = loadFor(context, options.config)
  await using opened = await sitesOfPlan(plan, loaded, context)
  refuseStale(plan, opened.sites)
  // Whoever planned may have been somebody else.
  refuse(await lackingFor(plan, opened.sites, context.signal), 1)
  await approved({ plan, hash, given: options.approve, command: `deploy apply ${file}` }, process)
  const { createRun } = await import('../../adapters/journal/open.ts')
  const run = await createRun({ root: loaded.folder, run: newRun(process.random), plan })
  await using _journal = run.journal
  return await driveRun(
    {
      opened: run,
      plan,
      planHash: hash,
      sites: opened.sites,
      folder: loaded.folder,
      options,
      ...(options.reason !== undefined && { reason: options.reason }),
    },
    context,
  )
}

function refuseStale(plan: Plan, sites: readonly Site[]): void {
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

function viewOf(sites: readonly Site[], cluster: string): ReturnType<Site['reins']['watched']['view']> {
  const site = sites.find(({ name }) => name === cluster)
  if (!site) throw new Error(`no connection to ${cluster} was opened`)
  return site.reins.watched.view()
}
