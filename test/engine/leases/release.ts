import { planHash } from '../../../src/core/plan-hash.ts'
import { homeOf, leaseOf } from '../../../src/core/home.ts'
import type { Entry } from '../../../src/core/journal.ts'
import type { Lease, LeaseAsk } from '../../../src/core/lease/lease.ts'
import { readLease } from '../../../src/core/lease/read.ts'
import type { Plan } from '../../../src/core/plan.ts'
import { asksQueue } from '../../../src/engine/asks.ts'
import { drive, type Driven } from '../../../src/engine/drive.ts'
import { askDriver, type Became } from '../../../src/engine/leases/ask.ts'
import { takeLeases } from '../../../src/engine/leases/take.ts'
import { planRelease, type Site } from '../../../src/engine/planning.ts'
import { openSite } from '../../../src/engine/site.ts'
import { openJournal, type Paper } from '../../../src/sim/memory-journal.ts'
import { createSim, type Sim, type SimCluster } from '../../../src/sim/sim.ts'
import { strategies } from '../../../strategies/index.ts'
import { manifests, namespace, requestFor, type Wish } from '../manifests.ts'

/** A release that somebody attends, driven as a process on one machine drives it. */
export interface Release {
  readonly sim: Sim
  readonly cluster: SimCluster
  readonly plan: Plan
  readonly entries: () => readonly Entry[]
  /** Asked by a process on another machine. */
  say(ask: Omit<LeaseAsk, 'id' | 'by'>): Promise<Became>
  lease(): Lease
  annotate(annotations: Readonly<Record<string, string>>): void
  /** Lets time pass until the journal says so. */
  until(seen: (entry: Entry) => boolean): Promise<void>
  readonly ended: Promise<Driven>
}

export async function released(wish: Wish): Promise<Release> {
  const sim = createSim({ seed: wish.seed ?? 1 })
  const cluster = sim.cluster('one')
  cluster.acts.apply(manifests(wish))
  await sim.settle()
  const workload = { kind: wish.stateful ? 'StatefulSet' : 'Deployment', namespace, name: 'web' } as const
  const site = await sim.runUntil(openSite(cluster, workload, new AbortController().signal))
  const plan = planFor(wish, site)
  const paper: Paper = { entries: [] }
  const ref = leaseOf(homeOf(plan))
  let asked = 0
  return {
    sim,
    cluster,
    plan,
    entries: () => paper.entries,
    say: (ask) =>
      sim.runUntil(
        askDriver({
          cluster,
          ref,
          run: 'r7f3k',
          ask: { ...ask, id: `ask-${(asked += 1)}`, by: 'berta' },
          clock: sim.clock,
          signal: new AbortController().signal,
          isDead: () => Promise.resolve(false),
          say: () => {},
        }),
      ),
    lease: () => {
      const object = cluster.see(namespace).objects.get(`Lease/${ref.name}`)
      if (!object) throw new Error('there is no Lease')
      return readLease(object)
    },
    annotate: (annotations) => cluster.acts.annotate(ref, annotations),
    async until(seen) {
      for (let at = 0; !paper.entries.some(seen); at += 1) {
        if (at > 100_000) throw new Error(`it never came: ${JSON.stringify(paper.entries.at(-1))}`)
        await sim.advance(100)
      }
    },
    ended: driven(sim, site, plan, paper),
  }
}

async function driven(sim: Sim, site: Site, plan: Plan, paper: Paper): Promise<Driven> {
  const asks = asksQueue()
  const hash = planHash(plan)
  await using held = await takeLeases({
    plan,
    planHash: hash,
    run: 'r7f3k',
    epoch: 0,
    asks,
    clock: sim.clock,
    signal: new AbortController().signal,
    isDead: () => Promise.resolve(false),
    gone: null,
    say: () => {},
    holder: { identity: 'anna', by: 'anna', host: 'ci-7', pid: 7 },
    clusterOf: () => site.reins.cluster,
  })
  const journal = openJournal(paper, hash)
  await held.opened(journal.entries)
  return await drive({
    plan,
    planHash: hash,
    run: 'r7f3k',
    journal,
    reins: new Map([['web@one', site.reins]]),
    hooks: { run: () => Promise.resolve({ receipt: { exitCode: 0 }, timedOut: false, kept: async () => null }) },
    clock: sim.clock,
    who: { by: 'anna', host: 'ci-7', pid: 7 },
    asks,
    mayBegin: held.mayBegin,
    exitOnPause: false,
    onEntry: (entry) => held.noted(entry),
  })
}

function planFor(wish: Wish, site: Site): Plan {
  const strategy = strategies.find(({ name }) => name === (wish.strategy ?? 'canary'))
  if (!strategy) throw new Error('no such strategy')
  const request = requestFor(wish, strategy)
  const { plan, complaints } = planRelease({
    tool: '0.1',
    request,
    strategy,
    image: request.image.reference,
    emergency: false,
    sites: [site],
    hooks: { before: [], 'before-traffic': [], 'after-weight': [], after: [], 'on-rollback': [] },
  })
  const refused = complaints.filter(({ level }) => level === 'refuse')
  if (refused.length > 0) throw new Error(refused.map(({ what }) => what).join('; '))
  return plan
}
