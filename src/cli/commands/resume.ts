import type { ExitCode } from '../../core/errors.ts'
import { DeployError } from '../../core/errors.ts'
import type { CommandContext } from '../context.ts'
import { attachRun } from '../driver.ts'
import { driveRun } from '../drive-run.ts'
import type { CommonOptions } from '../options.ts'
import { loadFor, sitesOfPlan } from '../plan-sites.ts'
import { chooseRun } from '../runs.ts'
import { userName } from '../user.ts'

export interface ResumeOptions extends CommonOptions {
  readonly reason?: string
}

export type Verb = 'resume' | 'promote' | 'abort'

/** `resume`, `promote` and `abort` of a run that nobody drives: this process takes it over and drives it. */
export async function takeOver(
  verb: Verb,
  named: string | undefined,
  options: ResumeOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { process } = context
  const loaded = loadFor(context, options.config)
  const run = await chooseRun(loaded.folder, named, 'open')
  const { readRun } = await import('../../adapters/journal/read.ts')
  const { plan, planHash, entries } = await readRun({ root: loaded.folder, run })
  if (entries.at(-1)?.type === 'closed') {
    throw new DeployError({
      code: 'run-closed',
      what: `run ${run} is over`,
      remedy: `deploy status ${run} shows its end`,
      exit: 'usage',
    })
  }
  await using sites = await sitesOfPlan(plan, loaded, context)
  const by = userName(process)
  const ask = { verb, by, ...(options.reason !== undefined && { reason: options.reason }) }
  const wanted = { plan, planHash, sites: sites.sites, folder: loaded.folder }
  await using driver = await attachRun(run, { ...wanted, epoch: entries.at(-1)?.epoch ?? 0 }, context)
  driver.asks.ask(ask)
  return await driveRun({ ...wanted, driver, options }, context)
}
