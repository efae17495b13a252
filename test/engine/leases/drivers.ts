import type { Fact } from '../../../src/core/journal.ts'
import { leaseOf } from '../../../src/core/home.ts'
import type { Lease } from '../../../src/core/lease/lease.ts'
import { readLease } from '../../../src/core/lease/read.ts'
import { planHash } from '../../../src/core/plan-hash.ts'
import { type Plan, unitsOf } from '../../../src/core/plan.ts'
import { type Ask, type Asks, asksQueue } from '../../../src/engine/asks.ts'
import { askDriver, type Asking, type Became } from '../../../src/engine/leases/ask.ts'
import type { Held } from '../../../src/engine/leases/hold.ts'
import { takeLeases } from '../../../src/engine/leases/take.ts'
import type { Taking } from '../../../src/engine/leases/taking.ts'
import type { Clock, Cluster } from '../../../src/ports.ts'
import { openJournal, type Paper } from '../../../src/sim/memory-journal.ts'
import { createSim, type Sim } from '../../../src/sim/sim.ts'
import { planOf } from '../../support/plans.ts'

export interface World {
  readonly sim: Sim
  readonly plan: Plan
  /** A process on another machine that wants to drive; `cluster`: what it reaches them through. */
  driver(name: string, more?: Partial<Taking> & { readonly through?: (cluster: Cluster) => Cluster }): Promise<Driver>
  lease(cluster?: string): Lease
  /** Resolves in virtual time. */
  in<T>(work: Promise<T>): Promise<T>
}

export interface Driver {
  readonly held: Held
  readonly asks: Asks
  /** All that was asked so far. */
  asked(): readonly Ask[]
  note(...facts: readonly Fact[]): Promise<void>
  leave(): Promise<void>
}

/** `sim`: of another world, for whom the same clusters are there. */
export function worldOf(clusters: readonly string[] = ['one'], sim = createSim()): World {
  const plan = planOf({ clusters })
  const [{ namespace } = { namespace: '' }] = unitsOf(plan)
  for (const name of clusters)
    sim.cluster(name).acts.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }])
  const paper: Paper = { entries: [] }
  return {
    sim,
    plan,
    in: (work) => sim.runUntil(work),
    async driver(name, { through = (cluster: Cluster) => cluster, ...more } = {}) {
      const asks = asksQueue()
      const heard: Ask[] = []
      const { ask } = asks
      asks.ask = (one) => {
        heard.push(one)
        ask(one)
      }
      const held = await takeLeases({
        plan,
        planHash: planHash(plan),
        run: 'r7f3k',
        epoch: 0,
        asks,
        clock: sim.clock,
        signal: new AbortController().signal,
        isDead: () => Promise.resolve(false),
        gone: null,
        say: () => {},
        holder: { identity: name, by: name, host: `${name}-host`, pid: 7 },
        clusterOf: ({ cluster }) => through(sim.cluster(cluster)),
        ...more,
      })
      const journal = openJournal(paper, planHash(plan))
      await held.opened(journal.entries)
      const note = async (...facts: readonly Fact[]): Promise<void> => {
        for (const entry of await journal.append(facts, sim.clock.now())) held.noted(entry)
      }
      if (paper.entries.length === 0)
        await note({ type: 'opened', run: 'r7f3k', plan: planHash(plan), by: name, host: `${name}-host` })
      return { held, asks, asked: () => heard, note, leave: async () => held[Symbol.asyncDispose]() }
    },
    lease(cluster = clusters[0] ?? '') {
      const unit = unitsOf(plan).find((one) => one.cluster === cluster)
      if (!unit) throw new Error(`no unit in ${cluster}`)
      const { kind, namespace: space, name } = leaseOf(unit)
      const object = sim.cluster(cluster).see(space).objects.get(`${kind}/${name}`)
      if (!object) throw new Error(`no Lease in ${cluster}`)
      return readLease(object)
    },
  }
}

/** The clock of a process that can be stopped, as by SIGSTOP or a laptop's lid. */
export function stoppable({ clock }: Sim): { readonly clock: Clock; stop(isStopped: boolean): void } {
  const state = { stopped: false }
  return {
    stop: (isStopped) => {
      state.stopped = isStopped
    },
    clock: {
      now: clock.now,
      elapsed: clock.elapsed,
      async sleep(ms, signal) {
        await clock.sleep(ms, signal)
        while (state.stopped && !signal.aborted) await clock.sleep(100, signal)
      },
    },
  }
}

/** Somebody on another machine asks whoever drives to go back. */
export function asking(world: World, more: Partial<Asking> = {}): Promise<Became> {
  const [unit] = unitsOf(world.plan)
  if (!unit) throw new Error('no unit')
  return askDriver({
    cluster: world.sim.cluster('one'),
    ref: leaseOf(unit),
    run: 'r7f3k',
    ask: { id: 'a1', verb: 'abort', by: 'berta' },
    clock: world.sim.clock,
    signal: new AbortController().signal,
    isDead: () => Promise.resolve(false),
    say: () => {},
    ...more,
  })
}
