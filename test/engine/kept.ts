import { establish, takeHome } from '../../src/adapters/journal/home/establish.ts'
import { readHome } from '../../src/adapters/journal/home/read.ts'
import { homeWriter } from '../../src/adapters/journal/home/writer.ts'
import { DeployError } from '../../src/core/errors.ts'
import { homeOf, leaseOf } from '../../src/core/home.ts'
import type { Entry } from '../../src/core/journal.ts'
import { readLease } from '../../src/core/lease/read.ts'
import type { Plan, Unit } from '../../src/core/plan.ts'
import { second } from '../../src/core/time.ts'
import { type Asks, asksQueue } from '../../src/engine/asks.ts'
import { takeLeases } from '../../src/engine/leases/take.ts'
import type { Clock, Cluster, Journal, Watching } from '../../src/ports.ts'
import { openJournal, type Paper } from '../../src/sim/memory-journal.ts'
import type { SimCluster } from '../../src/sim/sim.ts'

/** The run that it came to drive is over. */
export class Over extends Error {}

/** What a process must hold to drive a run, as `src/cli/driver.ts` takes it. */
export interface Kept extends AsyncDisposable {
  readonly journal: Journal
  readonly asks: Asks
  readonly mayBegin: (unit: string) => boolean
  noted(entry: Entry): void
}

export interface Keeping {
  readonly plan: Plan
  readonly hash: string
  /** Each driver is on a machine of its own: this is its disk. */
  readonly paper: Paper
  readonly run: string
  readonly isNew: boolean
  readonly clusterOf: (unit: Unit) => Cluster
  readonly clock: Clock
  /** Counts drivers. */
  readonly pid: number
  /** What stands between the driver and its disk. */
  readonly disk: (journal: Journal) => Journal
  readonly signal: AbortSignal
}

/** Takes the Leases, then the journal in the home cluster; the disk is empty. */
export async function keep(keeping: Keeping): Promise<Kept> {
  const { plan, hash, paper, run, isNew, clusterOf, clock, pid, disk, signal } = keeping
  const asks = asksQueue()
  await using stack = new AsyncDisposableStack()
  const held = stack.use(
    await takeLeases({
      plan,
      planHash: hash,
      run,
      epoch: 0,
      asks,
      clock,
      signal,
      clusterOf,
      gone: null,
      isDead: () => Promise.resolve(false),
      say: () => {},
      holder: { identity: `ci-${pid}`, by: 'anna', host: `ci-${pid}`, pid },
    }),
  )
  const unit = homeOf(plan)
  const home = { cluster: clusterOf(unit), place: { namespace: unit.namespace, run, service: plan.release.service } }
  const call = { signal, timeout: 10 * second }
  const taken = isNew
    ? {
        epoch: held.epoch,
        joined: await establish({ ...home, plan, planHash: hash, epoch: held.epoch }, call),
        copy: null,
      }
    : await takeHome(home, held.epoch, call)
  if (!taken) throw new Error(`run ${run} has no home`)
  paper.entries.push(...(taken.copy?.entries ?? []))
  const local = disk(openJournal(paper, hash, undefined, taken.epoch))
  const writer = homeWriter({
    ...home,
    plan,
    planHash: hash,
    epoch: taken.epoch,
    clock,
    entries: () => paper.entries,
    joined: taken.joined,
    onLost: ({ what }) => asks.ask({ verb: 'lost', by: what }),
  })
  stack.defer(async () => void (await writer.finish(10 * second)))
  // One that is over by now is let go with its Leases saying so.
  await held.opened(paper.entries)
  if (paper.entries.at(-1)?.type === 'closed') throw new Over()
  const kept = stack.move()
  return {
    asks,
    mayBegin: held.mayBegin,
    noted: (entry) => held.noted(entry),
    journal: {
      get entries() {
        return local.entries
      },
      async append(facts, at) {
        const added = await local.append(facts, at)
        writer.appended(added)
        return added
      },
      shared: (waiting) => writer.shared(waiting),
      [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** The truth about a run's Lease: the run that it says is open, for whoever comes to resume it. */
export function openIn(cluster: SimCluster, plan: Plan): string | null {
  const { kind, namespace, name } = leaseOf(homeOf(plan))
  const object = cluster.see(namespace).objects.get(`${kind}/${name}`)
  const run = object && readLease(object).run
  return run && run.phase !== 'closed' ? run.run : null
}

/** The truth about what the home cluster has of it; nothing of a run that was killed while it was put there. */
export function keptEntries(cluster: SimCluster, plan: Plan, run: string): Promise<readonly Entry[]> {
  const { namespace } = homeOf(plan)
  const { server } = cluster.inside
  const truth = { ...cluster, list: async (what: Watching) => server.list(what) }
  return readHome({ cluster: truth, namespace, run }, { signal: new AbortController().signal }).then(
    (copy) => copy?.entries ?? [],
    (error: unknown) => {
      if (error instanceof DeployError && error.code === 'journal-corrupt') return []
      throw error
    },
  )
}
