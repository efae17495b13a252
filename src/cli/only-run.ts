import { folderOf } from '../adapters/journal/folder.ts'
import { listRuns, type RunSummary } from '../adapters/journal/list.ts'
import { readPlan } from '../adapters/journal/read.ts'
import { nothing } from '../core/errors.ts'
import type { CommandContext } from './context.ts'
import type { Whither } from './elsewhere.ts'
import { nothingFound, refused, unclear } from './no-run.ts'
import { notThere, placeWords, type SaidPlace, saidPlace } from './said-place.ts'

/**
 * The run that is meant where none was named: the only one that is open where it was said; for looking at, else the newest
 * that is over.
 */
export async function onlyRun(
  root: string,
  want: 'open' | 'any',
  whither: Whither,
  context: CommandContext,
): Promise<string> {
  const place = saidPlace(whither, context)
  const isMeant = meantIn(root, place)
  const all = await listRuns(root)
  const open: RunSummary[] = []
  for (const one of all.filter(isOpen)) if (await isMeant(one)) open.push(one)
  if (want === 'open') {
    const { onlyOpen } = await import('./only-open.ts')
    return await onlyOpen(open, `there is no open run${placeWords(place)} in ${root}`, whither, context)
  }
  const [only, ...others] = open
  if (only && others.length > 0) throw unclear(open)
  if (only) return only.run
  const rest = all.filter((one) => !isOpen(one))
  for (const newest of rest) {
    if (!(await isMeant(newest))) continue
    const { openElsewhere } = await import('./open-elsewhere.ts')
    return (await openElsewhere(newest.run, rest, whither, context)) ?? newest.run
  }
  return await anyElsewhere(`there is no run${placeWords(place)} in ${root}`, whither, context)
}

const isOpen = ({ last }: RunSummary): boolean => last !== null && last.type !== 'closed'

/** Only where something was said are plans read. One that can't be is no reason to pass a run over: whoever reads it says so. */
const meantIn =
  (root: string, place: SaidPlace) =>
  async ({ run }: RunSummary): Promise<boolean> => {
    if (!place.environment && !place.clusters) return true
    const stored = await readPlan(folderOf({ root, run })).catch(nothing)
    return stored === null || notThere(run, stored.plan, place) === null
  }

async function anyElsewhere(none: string, whither: Whither, context: CommandContext): Promise<string> {
  const { runsElsewhere } = await import('./elsewhere.ts')
  const kept = await runsElsewhere('any', whither, context).catch(refused(none))
  const open = kept.filter((one) => one.isOpen)
  const [found, ...others] = open.length > 0 ? open : kept.slice(0, 1)
  if (found && others.length === 0) return found.run
  if (found) throw unclear(open)
  throw nothingFound(none)
}
