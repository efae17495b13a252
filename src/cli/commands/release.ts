import { setImmediate } from 'node:timers/promises'
import type { ExitCode } from '../../core/errors.ts'
import type { CommandContext } from '../context.ts'
import type { ReleaseOptions } from '../options.ts'
import { refuseWithoutReason } from '../reason.ts'
import { requestOf } from '../request.ts'
import { openSites } from '../sites.ts'

/** `deploy <strategy> <version>`: plan, have it approved, and run it. */
export async function release(
  strategy: string,
  version: string,
  options: ReleaseOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { process, strategies } = context
  refuseWithoutReason(options)
  const asked = requestOf({ strategies, process, strategy, version, options })
  // What is wrong with the configuration is said before anything else is loaded; what plans, while the clusters answer.
  const asking = Promise.withResolvers<void>()
  const opening = openSites(asked.request, context, asking.resolve)
  await Promise.race([asking.promise, opening])
  await setImmediate()
  const { planAndRun } = await import('../plan-and-run.ts')
  return planAndRun({ asked, opening, options, command: `deploy ${strategy} ${version}` }, context)
}
