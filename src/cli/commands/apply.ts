import type { ExitCode } from '../../core/errors.ts'
import { unitsOf } from '../../core/plan.ts'
import { approved } from '../approval.ts'
import { clockOf } from '../clock.ts'
import type { CommandContext } from '../context.ts'
import { beginRun } from '../driver.ts'
import { driveRun } from '../drive-run.ts'
import { heldBy } from '../held.ts'
import { type CommonOptions, type DetachOptions, type WaitOptions, waits } from '../options.ts'
import { loadPlan } from '../plan-file.ts'
import { loadFor, sitesOfPlan, targetsOf } from '../plan-sites.ts'
import { lackingFor, refuse } from '../planned.ts'
import { refuseStale } from '../stale.ts'

export interface ApplyOptions extends CommonOptions, DetachOptions, WaitOptions {
  readonly approve?: string
  readonly reason?: string
}

/** `deploy apply plan.json`: runs exactly that plan, on the world that it was made for. */
export async function apply(file: string, options: ApplyOptions, context: CommandContext): Promise<ExitCode> {
  if (!waits(options)) return once(file, options, context)
  const { waiting } = await import('../wait.ts')
  const { plan } = await loadPlan(file)
  const clusters = (): ReturnType<typeof targetsOf> => targetsOf(plan, loadFor(context, options.config), context)
  return waiting(options, { clusters, attempt: () => once(file, options, context) }, context)
}

async function once(file: string, options: ApplyOptions, context: CommandContext): Promise<ExitCode> {
  const { process, signal } = context
  const { plan, hash } = await loadPlan(file)
  const loaded = loadFor(context, options.config)
  await using opened = await sitesOfPlan(plan, loaded, context)
  try {
    refuseStale(plan, opened.sites)
  } catch (error) {
    throw await heldBy(error, opened.sites, unitsOf(plan)[0]?.workload.name ?? '', {
      now: clockOf(process).now(),
      signal,
    })
  }
  // Whoever planned may have been somebody else.
  refuse(await lackingFor(plan, opened.sites, context.signal), 1)
  await approved({ plan, hash, given: options.approve, command: `deploy apply ${file}` }, process)
  const { reason } = options
  const said = reason !== undefined && { reason }
  if (options.detach) {
    const { detachRun } = await import('../detach/detach-run.ts')
    return await detachRun({ plan, planHash: hash, sites: opened.sites, loaded, options, ...said }, context)
  }
  const wanted = { plan, planHash: hash, sites: opened.sites, folder: loaded.folder }
  await using driver = await beginRun(wanted, context)
  return await driveRun(
    {
      ...wanted,
      driver,
      options,
      ...said,
    },
    context,
  )
}
