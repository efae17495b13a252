import type { Keeping, OpenKept } from '../adapters/journal/home/open.ts'
import type { OpenRun } from '../adapters/journal/open.ts'
import { standstill } from '../adapters/journal/standstill.ts'
import { DeployError } from '../core/errors.ts'
import { homeOf } from '../core/home.ts'
import type { Entry } from '../core/journal.ts'
import type { Plan } from '../core/plan.ts'
import { newRun } from '../core/run-id.ts'
import { type Asks, asksQueue } from '../engine/asks.ts'
import type { Held } from '../engine/leases/hold.ts'
import type { Site } from '../engine/planning.ts'
import type { Cluster } from '../ports.ts'
import { clockOf } from './clock.ts'
import type { CommandContext } from './context.ts'
import type { Process } from './process.ts'
import type { AwaySite } from './sites.ts'
import { untilLetGo } from './until-let-go.ts'

/** What a process must hold to drive a run: until it is disposed of, nobody else drives it. */
export interface Driver extends AsyncDisposable {
  readonly opened: OpenRun
  /** What people ask of the run, from here and from elsewhere. */
  readonly asks: Asks
  /** Its Leases follow the run. */
  noted(entry: Entry): void
  /** By unit, why it is left alone: of a run that goes back while a cluster is away. */
  readonly away: ReadonlyMap<string, DeployError>
  /** Whether something forward may be begun in a unit. */
  readonly mayBegin: (unit: string) => boolean
}

interface Beginning {
  readonly plan: Plan
  readonly planHash: string
  readonly sites: readonly Site[]
  /** Of a run that only goes back. */
  readonly away?: readonly AwaySite[]
  /** Of deploy.yaml: runs are kept beside it. */
  readonly folder: string
}

type Context = Pick<CommandContext, 'process' | 'signal'>

/** A new run of this plan. Nothing of it is kept when its Leases, or its journal in the home cluster, can't be had. */
export async function beginRun(beginning: Omit<Beginning, 'away'>, context: Context): Promise<Driver> {
  const [{ createKept }, { leasesFor }] = await Promise.all([
    import('../adapters/journal/home/open.ts'),
    import('./leases.ts'),
  ])
  const run = newRun(context.process.random)
  const asks = asksQueue()
  const held = await leasesFor({ ...beginning, run, epoch: 0, asks }, context)
  return driverOf(held, asks, context.process, () => createKept(keeping(run, held, asks, beginning, context)))
}

/** A run that was begun by another driver, of which `epoch` is known. `isHere`: its folder is on this machine. `gone`: of `Unheard`. */
export async function attachRun(
  run: string,
  beginning: Beginning & {
    readonly epoch: number
    readonly isHere: boolean
    readonly isProved?: boolean
    readonly gone?: string | null
    /** Of a run that is over: only those whose Leases do not say so. */
    readonly units?: ReadonlySet<string>
  },
  context: Context,
): Promise<Driver> {
  const [{ openKept }, { leasesFor }] = await Promise.all([
    import('../adapters/journal/home/open.ts'),
    import('./leases.ts'),
  ])
  const { isHere, isProved, away, ...rest } = beginning
  const asks = asksQueue()
  const gone = away && new Map(away.map(({ name, error }) => [name, error]))
  const held = await leasesFor({ ...rest, run, asks, ...(gone && { away: gone }) }, context)
  return driverOf(held, asks, context.process, () =>
    openKept({
      ...keeping(run, held, asks, beginning, context),
      isHere,
      ...(isProved !== undefined && { isProved }),
    }).catch((error: unknown) => {
      throw standstill(error, { run, planHash: beginning.planHash }) ?? error
    }),
  )
}

const keeping = (
  run: string,
  { epoch }: Held,
  asks: Asks,
  { plan, planHash, sites, away = [], folder: root }: Beginning,
  { process, signal }: Context,
): Keeping => ({
  root,
  run,
  plan,
  planHash,
  epoch,
  signal,
  cluster: connectionTo(homeOf(plan).cluster, sites, away),
  clock: clockOf(process),
  onLost: ({ what }) => asks.ask({ verb: 'lost', by: what }),
  say: (text) => void process.streams.stderr.write(`${text}\n`),
})

/** Also to a cluster that is away: what its home missed of the run is brought over as soon as it answers. */
function connectionTo(cluster: string, sites: readonly Site[], away: readonly AwaySite[]): Cluster {
  const connected = sites.find(({ name }) => name === cluster)?.reins ?? away.find(({ name }) => name === cluster)
  if (!connected) throw new Error(`no connection to ${cluster} was opened`)
  return connected.cluster
}

/**
 * The journal comes after the Leases: who has those writes it. They are let go once it is durable; what only tidies up
 * comes after that, lest a driver that is killed meanwhile leaves its workload locked.
 */
async function driverOf(held: Held, asks: Asks, process: Process, open: () => Promise<OpenKept>): Promise<Driver> {
  await using stack = new AsyncDisposableStack()
  let tidy = async (): Promise<void> => {}
  stack.defer(() => tidy())
  stack.use(held)
  const opened = await open()
  stack.use(opened.journal)
  tidy = opened.retained
  const { entries } = opened.journal
  // Also of a run that is over: should its last driver not have come to say so, its Leases say it now.
  await held.opened(entries)
  if (entries.at(-1)?.type === 'closed') throw closed(opened)
  const kept = stack.move()
  return {
    opened,
    asks,
    away: held.away,
    noted: (entry) => held.noted(entry),
    mayBegin: held.mayBegin,
    async [Symbol.asyncDispose]() {
      using _ = untilLetGo(process)
      await kept.disposeAsync()
    },
  }
}

/** Read before this driver held anything, it was open: another one was faster. */
const closed = ({ folder: { run } }: OpenRun): DeployError =>
  new DeployError({ code: 'run-closed', what: `run ${run} is over`, remedy: `deploy status ${run} shows its end` })
