import type { RunSummary } from '../adapters/journal/list.ts'
import { type DeployError, foreseen } from '../core/errors.ts'
import { type Millis, second } from '../core/time.ts'
import type { CommandContext } from './context.ts'
import { runsElsewhere, type Whither } from './elsewhere.ts'
import { unclear } from './no-run.ts'
import { servicesOf } from './own-services.ts'

/** For each request: there is an answer without it. */
const patience: Millis = 5 * second

/**
 * Where all runs of this folder are over, the one that another machine has open; `null`: there is none, as far as the
 * clusters that answer know. `newest` is what is looked at then, and of what could not be asked that is said.
 */
export async function openElsewhere(
  newest: string,
  here: readonly RunSummary[],
  whither: Whither,
  context: CommandContext,
): Promise<string | null> {
  const { process, signal } = context
  const services = servicesOf(whither, context)
  if (services === null) return null
  const away: DeployError[] = []
  const onAway = (error: DeployError): void => void away.push(error)
  const kept = await runsElsewhere('open', whither, context, { onAway, patience }).catch((error: unknown) => {
    onAway(foreseen(error, signal))
    return []
  })
  // The end of a run may not have come to its home yet.
  const over = new Set(here.map(({ run }) => run))
  const open = kept.filter(({ run, service }) => !over.has(run) && services.has(service))
  const [only, ...others] = open
  if (only && others.length > 0) throw unclear(open)
  const say = (text: string): void => void process.streams.stderr.write(`${text}\n`)
  for (const { what } of away) say(`not asked for runs: ${what}`)
  if (!only && away.length > 0) say(`run ${newest} is shown, which is over: no other is known to be open`)
  return only?.run ?? null
}
