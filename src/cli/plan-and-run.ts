import { DeployError, type ExitCode, exitCodes } from '../core/errors.ts'
import { isMet } from '../core/expect.ts'
import { planHash } from '../core/plan-hash.ts'
import type { Site } from '../engine/planning.ts'
import { approved } from './approval.ts'
import type { Begun } from './begun.ts'
import type { CommandContext } from './context.ts'
import type { ReleaseOptions } from './options.ts'
import { savePlan } from './plan-file.ts'
import { type Looked, planFor } from './planned.ts'
import { replicasOf } from './replicas.ts'
import type { Request } from './request.ts'
import { showPlan } from './show-plan.ts'

export interface PlanAndRun {
  readonly asked: Request
  readonly begun: Begun
  readonly options: ReleaseOptions
  readonly command: string
}

/** What `release` and `rollback` have in common once it is known what to release. */
export async function planAndRun(
  { asked, begun, options, command }: PlanAndRun,
  context: CommandContext,
): Promise<ExitCode> {
  const { process } = context
  await using opened = await begun.opening
  const looked = await planFor(asked, opened.sites, await begun.pinning, options, context)
  if (looked.plan.waves.every((wave) => wave.units.length === 0)) return verified(asked, looked, context)
  const { plan } = looked
  const hash = planHash(plan)
  if (options.server) await (await import('../engine/server-check.ts')).serverCheck(plan, looked.sites, context.signal)
  if (options.out !== undefined) await savePlan(options.out, plan, hash)
  const { traffic } = looked
  const { settings } = asked.request
  const shown = { plan, hash, replicas: replicasOf(plan, looked.sites), traffic, options, settings }
  if (options.dryRun) {
    showPlan(shown, process)
    return exitCodes.done
  }
  if (plan.release.protected && options.approve === undefined) showPlan({ ...shown, to: 'stderr' }, process)
  await approved({ plan, hash, given: options.approve, command }, process)
  if (options.detach) {
    const { detachRun } = await import('./detach/detach-run.ts')
    const { loaded } = asked
    const { reason } = options
    return await detachRun(
      { plan, planHash: hash, sites: looked.sites, loaded, options, ...(reason !== undefined && { reason }) },
      context,
    )
  }
  const [{ beginRun }, { driveRun }] = await Promise.all([import('./driver.ts'), import('./drive-run.ts')])
  const wanted = { plan, planHash: hash, sites: looked.sites, folder: asked.loaded.folder }
  await using driver = await beginRun(wanted, context)
  return await driveRun(
    {
      ...wanted,
      driver,
      options,
      ...(options.reason !== undefined && { reason: options.reason }),
    },
    context,
  )
}

/** The version asked for is live everywhere: that is worth nothing unless it is healthy. */
function verified({ request }: Request, { sites }: Looked, { process }: CommandContext): ExitCode {
  const bad = sites.flatMap((site) => unhealthy(site, request.workload.name, request.workload.kind))
  if (bad.length > 0) {
    throw new DeployError({
      code: 'live-unhealthy',
      what: `${request.service} has ${request.version} already, but not healthy: ${bad.join('; ')}`,
      why: 'there is nothing to release, and what serves needs a look',
      remedy: `kubectl -n ${sites[0]?.namespace ?? 'default'} describe ${request.workload.kind.toLowerCase()}/${request.workload.name}`,
      exit: 'refused',
    })
  }
  process.streams.stderr.write(
    `Nothing to do: ${request.service} serves ${request.version} already in ${sites.map(({ name }) => name).join(', ')}, verified: every pod is of it and available\n`,
  )
  return exitCodes.done
}

function unhealthy({ name, namespace, reins }: Site, workload: string, kind: 'Deployment' | 'StatefulSet'): string[] {
  const view = reins.watched.view()
  const unit = {
    id: name,
    cluster: name,
    namespace,
    workload: { kind, namespace, name: workload },
    seen: { stable: { name: '', hash: '' }, template: { stable: '', new: '' }, minReady: 0 },
    stages: [],
    back: [],
  }
  const result = isMet({ kind: 'complete' }, { unit, run: '', view, now: view.at })
  return result.met ? [] : [`${name}: ${result.waiting}`]
}
