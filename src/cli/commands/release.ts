import { DeployError, type ExitCode } from '../../core/errors.ts'
import type { CommandContext } from '../context.ts'
import type { ReleaseOptions } from '../options.ts'
import { requestOf } from '../request.ts'

/** `deploy <strategy> <version>`: plan, have it approved, and run it. */
export async function release(
  strategy: string,
  version: string,
  options: ReleaseOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { process, strategies } = context
  if (options.emergency && !options.reason) {
    throw new DeployError({
      code: 'usage',
      what: '--emergency needs a reason',
      why: 'it skips what protects a release, so the journal says why',
      remedy: "add --reason '…'",
    })
  }
  const asked = requestOf({ strategies, process, strategy, version, options })
  // What is wrong with the configuration is said before anything else is loaded.
  const { planAndRun } = await import('../plan-and-run.ts')
  return planAndRun(asked, options, context, `deploy ${strategy} ${version}`)
}
