import { type ExitCode, exitCodes } from '../../core/errors.ts'
import { lastBlock } from '../../report/last-block.ts'
import { paintFor } from '../../report/paint.ts'
import type { CommandContext } from '../context.ts'
import { type CommonOptions, formOf } from '../options.ts'
import { wishFor } from '../process.ts'
import type { Whither } from '../elsewhere.ts'
import { findRun } from '../runs.ts'

export interface StatusOptions extends CommonOptions, Whither {
  readonly manual?: boolean
}

/** `deploy status [run]`: the last block of a run, as it stands; or, for hands, its way back. */
export async function status(
  named: string | undefined,
  options: StatusOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { process } = context
  const [record, { keptOf }] = await Promise.all([findRun(named, 'any', options, context), import('../kept.ts')])
  const { plan, entries, driven } = record
  const story = { plan, entries, exit: null, attended: driven.attended, driver: driven.who, heard: driven.heard }
  const { stdout } = process.streams
  if (options.manual) {
    const [{ showManual }, { isProved }] = await Promise.all([import('../manual.ts'), import('../proof.ts')])
    showManual({ ...story, isProved: await isProved(record, {}) }, options, context)
    return exitCodes.done
  }
  if (formOf(options) === 'text') {
    stdout.write(
      `${lastBlock({ ...story, ...(await keptOf(record.folder, story, record.keptIn)), columns: stdout.columns ?? 100, paint: paintFor(wishFor(stdout, options.color, process)) })}\n`,
    )
  } else {
    const { resultJson } = await import('../../report/result-json.ts')
    stdout.write(
      `${JSON.stringify(resultJson({ ...story, hash: record.planHash, evidence: record.folder.path }), null, formOf(options) === 'json' ? 2 : 0)}\n`,
    )
  }
  return exitCodes.done
}
