import { type ExitCode, exitCodes } from '../../core/errors.ts'
import { lastBlock } from '../../report/last-block.ts'
import { paintFor } from '../../report/paint.ts'
import type { CommandContext } from '../context.ts'
import { type CommonOptions, formOf } from '../options.ts'
import { wishFor } from '../process.ts'
import { rootOf } from '../root.ts'
import { chooseRun } from '../runs.ts'

export interface StatusOptions extends CommonOptions {
  readonly manual?: boolean
}

/** `deploy status [run]`: the last block of a run, as it stands; or, for hands, its way back. */
export async function status(
  named: string | undefined,
  options: StatusOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { process } = context
  const root = rootOf(context, options)
  const run = await chooseRun(root, named, 'any')
  const [{ readRun }, { isAttended }, { keptOf }] = await Promise.all([
    import('../../adapters/journal/read.ts'),
    import('../attended.ts'),
    import('../kept.ts'),
  ])
  const record = await readRun({ root, run })
  const story = { plan: record.plan, entries: record.entries, exit: null, attended: await isAttended(record.folder) }
  const { stdout } = process.streams
  if (options.manual) {
    const { showManual } = await import('../manual.ts')
    showManual(story, options, context)
    return exitCodes.done
  }
  if (formOf(options) === 'text') {
    stdout.write(
      `${lastBlock({ ...story, ...(await keptOf(record.folder, story)), columns: stdout.columns ?? 100, paint: paintFor(wishFor(stdout, options.color, process)) })}\n`,
    )
  } else {
    const { resultJson } = await import('../../report/result-json.ts')
    stdout.write(
      `${JSON.stringify(resultJson({ ...story, hash: record.planHash, evidence: record.folder.path }), null, formOf(options) === 'json' ? 2 : 0)}\n`,
    )
  }
  return exitCodes.done
}
