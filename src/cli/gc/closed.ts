import type { KeptRun } from '../../adapters/journal/home/find.ts'
import { readHome } from '../../adapters/journal/home/read.ts'
import { nothing } from '../../core/errors.ts'
import type { Plan } from '../../core/plan.ts'
import type { Call, Cluster } from '../../ports.ts'

/** A namespace of a cluster, and the runs that it is the home of. */
export interface Home {
  readonly cluster: Cluster
  readonly namespace: string
  readonly kept: readonly KeptRun[]
}

/** The plan of a run that is over; `null`: there is none to be had, so nothing that it made is known. */
export type PlanOf = (call: Call) => Promise<Plan | null>

/**
 * The runs that are over, by all homes that were asked and by this machine. What a run left in one cluster is known by its
 * home, which may be another. Whatever a home says to be open is.
 */
export function closedIn(homes: readonly Home[], closedHere: ReadonlyMap<string, Plan>): ReadonlyMap<string, PlanOf> {
  const closed = new Map<string, PlanOf>()
  for (const home of homes)
    for (const { run } of home.kept.filter(({ isOpen }) => !isOpen)) closed.set(run, once(fromHome(home, run)))
  for (const [run, plan] of closedHere) closed.set(run, async () => plan)
  for (const { run, isOpen } of homes.flatMap(({ kept }) => kept)) if (isOpen) closed.delete(run)
  return closed
}

/** A label says that it is over; its journal must, too. */
const fromHome =
  ({ cluster, namespace }: Home, run: string): PlanOf =>
  async (call) => {
    // What can't be read stays, and so does what it made.
    const copy = await readHome({ cluster, namespace, run }, call).catch(nothing)
    return copy?.entries.at(-1)?.type === 'closed' ? copy.plan : null
  }

function once(planOf: PlanOf): PlanOf {
  let plan: Promise<Plan | null> | undefined
  return (call) => (plan ??= planOf(call))
}
