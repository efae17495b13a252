import { access } from 'node:fs/promises'
import type { RunFolder } from '../adapters/journal/folder.ts'
import type { KeptRun } from '../adapters/journal/home/find.ts'
import type { RunSummary } from '../adapters/journal/list.ts'
import { DeployError } from '../core/errors.ts'
import type { Entry } from '../core/journal.ts'
import type { Plan } from '../core/plan.ts'
import { type Driven, isAttended, lastDriver, notKnown } from './attended.ts'
import type { CommandContext } from './context.ts'
import type { Whither } from './elsewhere.ts'
import { rootOf } from './root.ts'

/** A run as it stands, on this machine or in the cluster that keeps it. */
export interface FoundRun {
  readonly run: string
  readonly plan: Plan
  readonly planHash: string
  readonly entries: readonly Entry[]
  /** There only where this machine has it. */
  readonly folder: RunFolder
  /** Whether somebody drives it now, as far as is known, and who. */
  readonly driven: Driven
  /** Where its journal goes on, when that is not this machine. */
  readonly follow: { readonly cluster: string; readonly namespace: string } | null
  /** The cluster that told of it, where this machine does not have it. */
  readonly keptIn: { readonly cluster: string; readonly namespace: string } | null
}

/**
 * The run that was named; else the only one that is open. Never a guess. What is only looked at is found without asking
 * anybody where this machine has it; else the clusters of the environment are asked.
 */
export async function findRun(
  named: string | undefined,
  want: 'open' | 'any',
  whither: Whither,
  context: CommandContext,
): Promise<FoundRun> {
  const root = rootOf(context, whither)
  const { folderOf } = await import('../adapters/journal/folder.ts')
  const run = named ?? (await onlyRun(root, want, whither, context))
  const folder = folderOf({ root, run })
  if (await isThere(folder)) return await newest(await here(root, run), whither, context)
  const { runElsewhere } = await import('./elsewhere.ts')
  const found = await runElsewhere(run, whither, context).catch(refused(`there is no run ${run} in ${folder.path}`))
  if (!found) throw nowhere(run, folder)
  const { plan, planHash, entries, driven, cluster, namespace } = found
  const keptIn = { cluster, namespace }
  return { run, plan, planHash, entries, folder, driven, follow: keptIn, keptIn }
}

/** A run that nobody drives here may be driven, and have come further, elsewhere: by a Job, or on another machine. */
async function newest(found: FoundRun, whither: Whither, context: CommandContext): Promise<FoundRun> {
  if (found.driven.attended || found.entries.at(-1)?.type === 'closed') return found
  const { homeOfRun } = await import('./elsewhere.ts')
  const there = await homeOfRun(found, whither, context)
  if (!there || there.planHash !== found.planHash) {
    if (found.driven.attended === null) context.process.streams.stderr.write(notKnown(found.run, found.driven))
    return found
  }
  const { cluster, namespace, driven } = there
  const isFurther = there.entries.length > found.entries.length
  return {
    ...found,
    entries: isFurther ? there.entries : found.entries,
    driven,
    follow: isFurther || driven.attended === true ? { cluster, namespace } : null,
  }
}

async function here(root: string, run: string): Promise<FoundRun> {
  const { readRun } = await import('../adapters/journal/read.ts')
  const { plan, planHash, entries, folder } = await readRun({ root, run })
  const attended = await isAttended(folder)
  const driven = { attended, who: lastDriver(entries), heard: null }
  return { run, plan, planHash, entries, folder, driven, follow: null, keptIn: null }
}

const isThere = ({ path }: RunFolder): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

async function onlyRun(root: string, want: 'open' | 'any', whither: Whither, context: CommandContext): Promise<string> {
  const { listRuns } = await import('../adapters/journal/list.ts')
  const runs = await listRuns(root)
  const open = runs.filter(isOpen)
  if (want === 'open') return await onlyOpen(root, open, whither, context)
  const [first, ...more] = open.length > 0 ? open : runs.slice(0, 1)
  if (first && more.length === 0) return first.run
  if (first) throw unclear(open)
  const { runsElsewhere } = await import('./elsewhere.ts')
  const none = `there is no run in ${root}`
  const kept = await runsElsewhere(want, whither, context).catch(refused(none))
  const openThere = kept.filter((one) => one.isOpen)
  const [found, ...others] = openThere.length > 0 ? openThere : kept.slice(0, 1)
  if (found && others.length === 0) return found.run
  if (found) throw unclear(openThere)
  throw nothing(none)
}

/** What is to be changed must be the only one anywhere: another machine may have begun one, and ended the one that is open here. */
async function onlyOpen(
  root: string,
  here: readonly RunSummary[],
  whither: Whither,
  context: CommandContext,
): Promise<string> {
  const [first, ...rest] = here
  const away: DeployError[] = []
  const kept = await keptOnes(root, here, whither, context, (error) => void away.push(error))
  const over = new Set(kept.filter((one) => !one.isOpen).map(({ run }) => run))
  const open = [...here.filter(({ run }) => !over.has(run)), ...kept.filter((one) => one.isOpen)]
  const [only, ...more] = new Set(open.map(({ run }) => run))
  for (const { what } of away) context.process.streams.stderr.write(`not asked for runs: ${what}\n`)
  if (only !== undefined && more.length > 0) throw unclear([only, ...more].map((run) => ({ run })))
  if (only !== undefined && away.length > 0)
    context.process.streams.stderr.write(`run ${only} is meant: no other is known to be open\n`)
  if (only !== undefined) return only
  // By its name it is said to be over.
  if (first && rest.length === 0) return first.run
  throw nothing(`there is no open run in ${root}`)
}

/** Of one that is open here the clusters are asked, too, whether it is over. */
async function keptOnes(
  root: string,
  here: readonly RunSummary[],
  whither: Whither,
  context: CommandContext,
  onAway: (error: DeployError) => void,
): Promise<readonly KeptRun[]> {
  const { runsElsewhere } = await import('./elsewhere.ts')
  const asked = runsElsewhere(here.length > 0 ? 'any' : 'open', whither, context, onAway)
  if (here.length === 0) return await asked.catch(refused(`there is no open run in ${root}`))
  return await asked.catch((error: unknown) => {
    if (!(error instanceof DeployError) || context.signal.aborted) throw error
    onAway(error)
    return []
  })
}

const nothing = (none: string): DeployError =>
  new DeployError({
    code: 'run-unclear',
    what: `${none}, and none in the clusters that were asked`,
    remedy: 'deploy list shows the runs of this folder; runs of another environment: -e NAME',
  })

const isOpen = ({ last }: RunSummary): boolean => last !== null && last.type !== 'closed'

/** What is not here may be elsewhere, but nobody could say. */
const refused =
  (none: string) =>
  (error: unknown): never => {
    if (!(error instanceof DeployError) || error.code === 'journal-corrupt') throw error
    throw new DeployError({
      code: 'run-not-found',
      what: `${none}, and the clusters could not be asked: ${error.what}`,
      ...(error.why !== undefined && { why: error.why }),
      remedy: ['deploy list shows the runs of this folder', error.remedy].filter(Boolean).join('; for others: '),
      exit: error.exit,
      cause: error,
    })
  }

const unclear = (runs: readonly Pick<RunSummary, 'run'>[]): DeployError =>
  new DeployError({
    code: 'run-unclear',
    what: `${runs.length} runs are open: ${runs.map(({ run }) => run).join(', ')}`,
    remedy: 'name one of them',
  })

const nowhere = (run: string, { path }: RunFolder): DeployError =>
  new DeployError({
    code: 'run-not-found',
    what: `there is no run ${run} in ${path}, and none in the clusters that were asked`,
    remedy: 'see which runs there are: deploy list; a run of another environment or cluster: -e NAME, --cluster NAME',
  })
