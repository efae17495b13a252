import { listRuns } from '../../adapters/journal/list.ts'
import { readRun } from '../../adapters/journal/read.ts'
import { type ExitCode, exitCodes } from '../../core/errors.ts'
import { listJson, listText, rowOf } from '../../report/list-text.ts'
import { storyOf } from '../../report/outcome.ts'
import { paintFor } from '../../report/paint.ts'
import { isAttended } from '../attended.ts'
import { clockOf } from '../clock.ts'
import type { CommandContext } from '../context.ts'
import { type CommonOptions, formOf } from '../options.ts'
import { wishFor } from '../process.ts'
import { rootOf } from '../root.ts'

/** `deploy list`: all runs of this folder, those that need somebody first. */
export async function list(options: CommonOptions, context: CommandContext): Promise<ExitCode> {
  const { process } = context
  const { stdout, stderr } = process.streams
  const root = rootOf(context, options)
  const summaries = await listRuns(root)
  for (const { problem } of summaries) if (problem) stderr.write(`${problem.what}\n`)
  const rows = await Promise.all(
    summaries
      .filter(({ first, problem }) => first !== null && !problem)
      .map(async ({ run }) => {
        const record = await readRun({ root, run })
        return rowOf(
          storyOf({
            plan: record.plan,
            entries: record.entries,
            exit: null,
            attended: await isAttended(record.folder),
          }),
        )
      }),
  )
  if (formOf(options) === 'text')
    stdout.write(
      `${listText(rows, { now: clockOf(process).now(), columns: stdout.columns ?? 120, paint: paintFor(wishFor(stdout, options.color, process)) })}\n`,
    )
  else if (formOf(options) === 'json') stdout.write(`${JSON.stringify(listJson(rows), null, 2)}\n`)
  else for (const row of listJson(rows)) stdout.write(`${JSON.stringify(row)}\n`)
  return exitCodes.done
}
