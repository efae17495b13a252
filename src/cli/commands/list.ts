import { listRuns } from '../../adapters/journal/list.ts'
import { type ExitCode, exitCodes, foreseen } from '../../core/errors.ts'
import type { Entry } from '../../core/journal.ts'
import type { Plan } from '../../core/plan.ts'
import { listJson, listText, rowOf, type RunRow } from '../../report/list-text.ts'
import { storyOf } from '../../report/outcome.ts'
import { paintFor } from '../../report/paint.ts'
import { type Driven, isAttended, lastDriver, notKnown } from '../attended.ts'
import { clockOf } from '../clock.ts'
import type { CommandContext } from '../context.ts'
import type { Whither } from '../elsewhere.ts'
import { type CommonOptions, formOf } from '../options.ts'
import { wishFor } from '../process.ts'
import { readableRuns, wrongWith } from '../readable-runs.ts'
import { rootOf } from '../root.ts'

export interface ListOptions extends CommonOptions, Whither {
  readonly local?: boolean
}

/** `deploy list`: all runs of this folder and of the environment's clusters, those that need somebody first. */
export async function list(options: ListOptions, context: CommandContext): Promise<ExitCode> {
  const { process } = context
  const { stdout } = process.streams
  const here = await runsHere(options, context)
  const there = options.local ? [] : await runsThere(here, options, context)
  const all = merged(here, there)
  for (const { run, entries, driven } of all)
    if (driven.attended === null && !isOver({ entries })) process.streams.stderr.write(notKnown(run, driven))
  const rows = all.map(rowFor)
  if (formOf(options) === 'text')
    stdout.write(
      `${listText(rows, { now: clockOf(process).now(), columns: stdout.columns ?? 120, paint: paintFor(wishFor(stdout, options.color, process)) })}\n`,
    )
  else if (formOf(options) === 'json') stdout.write(`${JSON.stringify(listJson(rows), null, 2)}\n`)
  else for (const row of listJson(rows)) stdout.write(`${JSON.stringify(row)}\n`)
  return exitCodes.done
}

interface Known {
  readonly run: string
  readonly plan: Plan
  readonly entries: readonly Entry[]
  readonly driven: Driven
  /** `here`, or `cluster/namespace`. */
  readonly kept: string
}

const rowFor = ({ plan, entries, driven: { attended, who, heard }, kept }: Known): RunRow =>
  rowOf(storyOf({ plan, entries, exit: null, attended, driver: who, heard }), kept)

const isOver = ({ entries }: Pick<Known, 'entries'>): boolean => entries.at(-1)?.type === 'closed'

/** One that is damaged is said, and does not hide the others. */
async function runsHere(options: ListOptions, context: CommandContext): Promise<Known[]> {
  const root = rootOf(context, options)
  const begun = (await listRuns(root)).filter(({ first, problem }) => first !== null || problem)
  const runs = await readableRuns(root, begun, (run, error) => {
    context.process.streams.stderr.write(`run ${run} is not listed: ${wrongWith(error)}\n`)
  })
  return Promise.all(
    runs.map(async ({ plan, entries, folder }): Promise<Known> => {
      const attended = await isAttended(folder)
      const driven = { attended, who: lastDriver(entries), heard: null }
      return { run: folder.run, plan, entries, driven, kept: 'here' }
    }),
  )
}

/** Where no cluster can be asked, what is here is listed all the same. */
async function runsThere(here: readonly Known[], options: ListOptions, context: CommandContext): Promise<Known[]> {
  const known = new Set(here.filter((one) => isOver(one) || one.driven.attended).map(({ run }) => run))
  try {
    const { allElsewhere } = await import('../elsewhere.ts')
    const found = await allElsewhere((run) => known.has(run), options, context)
    return found.flatMap(({ plan, entries, driven, cluster, namespace }) => {
      const opened = entries.find((entry) => entry.type === 'opened')
      return opened ? [{ run: opened.run, plan, entries, driven, kept: `${cluster}/${namespace}` }] : []
    })
  } catch (error) {
    context.process.streams.stderr.write(`only the runs of this folder: ${foreseen(error, context.signal).what}\n`)
    return []
  }
}

/** Of two copies of a run the longer one; of one that nobody drives here, who the cluster says. */
function merged(here: readonly Known[], there: readonly Known[]): Known[] {
  const all = new Map(here.map((one) => [one.run, one]))
  for (const one of there) {
    const mine = all.get(one.run)
    if (!mine || one.entries.length > mine.entries.length) all.set(one.run, one)
    else if (!isOver(mine)) all.set(one.run, { ...mine, driven: one.driven })
  }
  return [...all.values()]
}
