import { resolve } from 'node:path'
import { DeployError, type ExitCode, exitCodes } from '../../core/errors.ts'
import { hashOf } from '../../core/hash.ts'
import { many } from '../../report/words.ts'
import type { CommandContext } from '../context.ts'
import { type CommonOptions, formOf } from '../options.ts'
import type { Whither } from '../elsewhere.ts'
import { findRun } from '../runs.ts'
import { writeReport } from '../run-report.ts'

export interface ReportOptions extends CommonOptions, Whither {
  readonly out?: string
}

/** `deploy report run [run]`: the run as one HTML file. `deploy report verify [run]`: whether its journal is whole. */
export async function report(
  what: string,
  named: string | undefined,
  options: ReportOptions,
  context: CommandContext,
): Promise<ExitCode> {
  if (what !== 'run' && what !== 'verify')
    throw new DeployError({
      code: 'usage',
      what: `there is no report ${JSON.stringify(what)}`,
      remedy: 'deploy report run [run], or deploy report verify [run]',
    })
  const { run, plan, planHash, entries, folder, driven, keptIn } = await findRun(named, 'any', options, context)
  const { stdout } = context.process.streams
  const say = (text: string, data: object): void => {
    stdout.write(formOf(options) === 'text' ? `${text}\n` : `${JSON.stringify({ v: 1, run: folder.run, ...data })}\n`)
  }
  if (what === 'verify') {
    const [last] = entries.slice(-1)
    const head = last ? hashOf(last) : planHash
    // Reading it has checked every line against the one before, and the first against the plan.
    say(
      `run ${folder.run} is whole: ${many(entries.length, 'line')} of its journal follow from its plan and from each other\n  plan  ${planHash}\n  head  ${head}`,
      { plan: planHash, head, entries: entries.length },
    )
    return exitCodes.done
  }
  const { path } = await writeReport(
    { plan, planHash, entries, folder, exit: null, attended: driven.attended },
    fileFor(options.out ?? (keptIn ? `${run}.html` : undefined), context.process.cwd),
  )
  say(path, { report: path })
  return exitCodes.done
}

/** Beside the journal, where this machine has it. */
const fileFor = (named: string | undefined, cwd: string): string | undefined =>
  named === undefined ? undefined : resolve(cwd, named)
