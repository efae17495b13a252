import type { KeptRun } from '../adapters/journal/home/find.ts'
import type { RunSummary } from '../adapters/journal/list.ts'
import { type DeployError, foreseen } from '../core/errors.ts'
import type { CommandContext } from './context.ts'
import { runsElsewhere, type Whither } from './elsewhere.ts'
import { nothingFound, refused, unclear } from './no-run.ts'
import { servicesOf } from './own-services.ts'

/** What is to be changed must be the only one anywhere: another machine may have begun one, and ended the one that is open here. */
export async function onlyOpen(
  here: readonly RunSummary[],
  none: string,
  whither: Whither,
  context: CommandContext,
): Promise<string> {
  const [first, ...rest] = here
  const away: DeployError[] = []
  const services = servicesOf(whither, context)
  const isOurs = ({ service }: KeptRun): boolean => services?.has(service) !== false
  const found = await keptOnes(here, none, whither, context, (error) => void away.push(error))
  const kept = found.filter(isOurs)
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
  throw nothingFound(none)
}

/** Of one that is open here the clusters are asked, too, whether it is over. */
async function keptOnes(
  here: readonly RunSummary[],
  none: string,
  whither: Whither,
  context: CommandContext,
  onAway: (error: DeployError) => void,
): Promise<readonly KeptRun[]> {
  const asked = runsElsewhere(here.length > 0 ? 'any' : 'open', whither, context, { onAway })
  if (here.length === 0) return await asked.catch(refused(none))
  return await asked.catch((error: unknown) => {
    onAway(foreseen(error, context.signal))
    return []
  })
}
