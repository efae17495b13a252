import { access } from 'node:fs/promises'
import type { RunFolder } from '../adapters/journal/folder.ts'
import { DeployError } from '../core/errors.ts'
import type { Entry } from '../core/journal.ts'
import type { Plan } from '../core/plan.ts'
import { type Driven, isAttended, lastDriver, notKnown } from './attended.ts'
import type { CommandContext } from './context.ts'
import type { Whither } from './elsewhere.ts'
import { refused } from './no-run.ts'
import { rootOf } from './root.ts'
import { notThere, saidPlace } from './said-place.ts'

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
 * The run that was named; else the only one that is open. Never a guess, and never one of another environment or cluster
 * than was said. A run that is named and that this machine has is found without asking anybody; else the clusters of the
 * environment are asked.
 */
export async function findRun(
  named: string | undefined,
  want: 'open' | 'any',
  whither: Whither,
  context: CommandContext,
): Promise<FoundRun> {
  const root = rootOf(context, whither)
  const run = named ?? (await (await import('./only-run.ts')).onlyRun(root, want, whither, context))
  const found = await anywhere(root, run, whither, context)
  const other = notThere(found.run, found.plan, saidPlace(whither, context))
  if (other) throw other
  return found
}

async function anywhere(root: string, run: string, whither: Whither, context: CommandContext): Promise<FoundRun> {
  const { folderOf } = await import('../adapters/journal/folder.ts')
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

const nowhere = (run: string, { path }: RunFolder): DeployError =>
  new DeployError({
    code: 'run-not-found',
    what: `there is no run ${run} in ${path}, and none in the clusters that were asked`,
    remedy: 'see which runs there are: deploy list; a run of another environment or cluster: -e NAME, --cluster NAME',
  })
