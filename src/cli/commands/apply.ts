import type { ExitCode } from '../../core/errors.ts'
import { approved } from '../approval.ts'
import type { CommandContext } from '../context.ts'
import { beginRun } from '../driver.ts'
import { driveRun } from '../drive-run.ts'
import type { CommonOptions } from '../options.ts'
import { loadPlan } from '../plan-file.ts'
import { loadFor, sitesOfPlan } from '../plan-sites.ts'
import { lackingFor, refuse } from '../planned.ts'
import { refuseStale } from '../stale.ts'

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
  const wanted = { plan, planHash: hash, sites: opened.sites, folder: loaded.folder }
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
