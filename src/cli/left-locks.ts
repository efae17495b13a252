import type { Loaded } from '../config/load.ts'
import { DeployError, foreseen } from '../core/errors.ts'
import { homeOf, leaseOf } from '../core/home.ts'
import { readLease } from '../core/lease/read.ts'
import { type Unit, unitsOf } from '../core/plan.ts'
import { type Millis, second } from '../core/time.ts'
import { Locked } from '../engine/leases/refused.ts'
import type { Cluster } from '../ports.ts'
import type { CommandContext } from './context.ts'
import { attachRun } from './driver.ts'
import { sitesOfPlan, targetsOf } from './plan-sites.ts'
import { isProved, type ProofOptions } from './proof.ts'
import type { FoundRun } from './runs.ts'
import { connectTo } from './sites.ts'

export interface Over {
  readonly found: FoundRun
  readonly loaded: Loaded
  readonly options: ProofOptions
}

/**
 * Lets the Leases of a run go that is over: its driver may have died, or not have reached a cluster, before they said so,
 * and then they lock the workload. What stands in the way is said; the run is over all the same.
 */
export async function letGo(over: Over, context: CommandContext): Promise<void> {
  const say = (text: string): void => void context.process.streams.stderr.write(`${text}\n`)
  try {
    const left = await leftBy(over, context, say)
    if (left.length === 0) return
    await takenAndLetGo(over, left, context)
    say(`the locks that its driver had left are let go: ${left.map(placeOf).join(', ')}`)
  } catch (caught) {
    const error = foreseen(caught, context.signal)
    const isAlive = error instanceof Locked && error.run === over.found.run
    say(
      isAlive
        ? 'its driver is still alive, and lets its locks go by itself'
        : `its locks were not let go: ${error.what}`,
    )
  }
}

const placeOf = ({ workload, cluster }: Unit): string => `${workload.name} in ${cluster}`

/** For each request: what is asked for is over, and a person waits. */
const patience: Millis = 10 * second

/** The units whose Leases say that the run is open. A cluster that does not answer is said. */
async function leftBy(
  { found, loaded }: Over,
  context: CommandContext,
  say: (text: string) => void,
): Promise<readonly Unit[]> {
  const { run, plan } = found
  const left = await Promise.all(
    targetsOf(plan, loaded, context).map(async (target) => {
      try {
        const { cluster } = await connectTo(target, context)
        await using _ = cluster
        return await leftIn(cluster, target.name, found, context)
      } catch (error) {
        say(`not looked at for locks of run ${run}: ${target.name}: ${foreseen(error, context.signal).what}`)
        return []
      }
    }),
  )
  return left.flat()
}

async function leftIn(
  cluster: Cluster,
  name: string,
  { run, plan }: Pick<FoundRun, 'run' | 'plan'>,
  { signal }: CommandContext,
): Promise<readonly Unit[]> {
  const units = unitsOf(plan).filter((unit) => unit.cluster === name)
  const objects = await Promise.all(units.map((unit) => cluster.get(leaseOf(unit), { signal, timeout: patience })))
  return units.filter((_, index) => {
    const object = objects[index]
    const told = object ? readLease(object).run : null
    return told?.run === run && told.phase !== 'closed'
  })
}

/** As its next driver would: so no driver that lives loses a Lease, and the home has the end of the run before they go. */
async function takenAndLetGo(
  { found, loaded, options }: Over,
  left: readonly Unit[],
  context: CommandContext,
): Promise<void> {
  const { run, plan, planHash, entries, keptIn } = found
  const proved = await isProved(found, options)
  const only = new Set([homeOf(plan), ...left].map(({ cluster }) => cluster))
  await using sites = await sitesOfPlan(plan, loaded, context, { only })
  try {
    await using _ = await attachRun(
      run,
      {
        plan,
        planHash,
        sites: sites.sites,
        folder: loaded.folder,
        epoch: entries.at(-1)?.epoch ?? 0,
        isHere: keptIn === null,
        isProved: proved,
        units: new Set(left.map(({ id }) => id)),
      },
      context,
    )
  } catch (error) {
    if (!(error instanceof DeployError) || error.code !== 'run-closed') throw error
  }
}
