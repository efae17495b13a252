import { setImmediate } from 'node:timers/promises'
import type { ExitCode } from '../../core/errors.ts'
import { type Begun, begin } from '../begun.ts'
import type { CommandContext } from '../context.ts'
import { type ReleaseOptions, waits } from '../options.ts'
import { refuseWithoutReason } from '../reason.ts'
import { requestOf } from '../request.ts'

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
  const attempt = async (): Promise<ExitCode> => {
    // What is wrong with the configuration is said before anything else is loaded.
    using begun = begin(asked, context)
    await firstAnswer(begun, context)
    const { planAndRun } = await import('../plan-and-run.ts')
    return await planAndRun({ asked, begun, options, command: `deploy ${strategy} ${version}` }, context)
  }
  if (!waits(options)) return attempt()
  const { waiting } = await import('../wait.ts')
  return waiting(options, { clusters: () => asked.request.clusters, attempt }, context)
}

/** What plans is loaded when a cluster has answered, and has been asked the next questions: it works meanwhile. */
async function firstAnswer({ opening }: Begun, { requests }: CommandContext): Promise<void> {
  const { promise: answered, resolve } = Promise.withResolvers<void>()
  using _ = requests.listen(() => resolve())
  await Promise.race([answered, opening])
  await setImmediate()
}
