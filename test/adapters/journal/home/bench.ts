import { homeWriter, type HomeWriter } from '../../../../src/adapters/journal/home/writer.ts'
import { establish, type Joined, takeHome } from '../../../../src/adapters/journal/home/establish.ts'
import { readHome } from '../../../../src/adapters/journal/home/read.ts'
import { chained } from '../../../../src/adapters/journal/chain.ts'
import { DeployError } from '../../../../src/core/errors.ts'
import type { Entry, Fact } from '../../../../src/core/journal.ts'
import type { KubeObject } from '../../../../src/core/objects.ts'
import { planHash } from '../../../../src/core/plan-hash.ts'
import type { Plan } from '../../../../src/core/plan.ts'
import type { Millis } from '../../../../src/core/time.ts'
import type { Cluster, Write } from '../../../../src/ports.ts'
import { createSim, type Sim, type SimCluster } from '../../../../src/sim/sim.ts'
import { planOf } from '../../../support/plans.ts'
import { warned } from '../sample-facts.ts'

export const run = 'r7f3'
export const namespace = 'default'
const place = { namespace, run, service: 'web' }
export const plan = planOf({ bare: true })
export const hash = planHash(plan)
export const signal = new AbortController().signal
export const call = { signal }

/** What is about to be sent: somebody waits for it. */
export const intends = (step: string): Fact => ({ type: 'intended', unit: 'web@one', step, way: 'forward', body: 'b' })
export const closed: Fact = { type: 'closed', exit: 0, outcome: 'done' }

/** One driver: its own copy and what it brings over. */
export interface TestDriver {
  readonly entries: Entry[]
  readonly writer: HomeWriter
  readonly lost: DeployError[]
  append(...facts: readonly Fact[]): void
}

export interface World {
  readonly sim: Sim
  readonly cluster: SimCluster
  /** Writes that arrived at the port, in order. */
  readonly writes: Write[]
  readonly port: Cluster
  /** The next write is given up on at once, and arrives so much later all the same. */
  delays(by: Millis): void
  driver(epoch: number, joined: Joined | null, entries?: readonly Entry[]): TestDriver
  begun(): Promise<TestDriver>
  /** Takes the run over, from what the home has. */
  takenOver(): Promise<TestDriver>
  copy(): Promise<readonly Entry[] | null>
  maps(): readonly KubeObject[]
}

export function world(of: { readonly plan?: Plan; readonly seed?: number } = {}): World {
  const sim = createSim({ seed: of.seed ?? 1 })
  const cluster = sim.cluster('home')
  const writes: Write[] = []
  const port: Cluster = {
    ...cluster,
    async write(write, options) {
      writes.push(write)
      const by = delay
      delay = 0
      if (by === 0) return cluster.write(write, options)
      const late = sim.advance(by).then(() => cluster.write(write, call))
      late.catch(() => {})
      throw new DeployError({ code: 'kube-timeout', what: 'no answer' })
    },
  }
  let delay: Millis = 0
  const home = { cluster: port, place }
  const ofPlan = of.plan ?? plan
  const base = { ...home, plan: ofPlan, planHash: planHash(ofPlan) }

  const driver = (epoch: number, joined: Joined | null, before: readonly Entry[] = []): TestDriver => {
    const entries = [...before]
    const lost: DeployError[] = []
    const writer = homeWriter({
      ...base,
      epoch,
      clock: sim.clock,
      entries: () => entries,
      joined,
      onLost: (error) => void lost.push(error),
    })
    return {
      entries,
      writer,
      lost,
      append(...facts) {
        const added = chained(facts, { last: entries.at(-1), planHash: base.planHash, epoch, at: sim.clock.now() })
        entries.push(...added)
        writer.appended(added)
      },
    }
  }
  return {
    sim,
    cluster,
    writes,
    port,
    delays: (by) => {
      delay = by
    },
    driver,
    begun: async () => driver(1, await sim.runUntil(establish({ ...base, epoch: 1 }, call))),
    async takenOver() {
      const taken = await sim.runUntil(takeHome(home, 1, call))
      if (!taken) throw new Error('there is nothing to take over')
      return driver(taken.epoch, taken.joined, taken.copy.entries)
    },
    copy: async () => (await sim.runUntil(readHome({ cluster, namespace, run }, call)))?.entries ?? null,
    maps: () =>
      [...cluster.see(namespace).objects.values()].filter(({ metadata }) => metadata.labels?.['deploy/run'] === run),
  }
}

/** So many warnings, each of so many bytes. */
export const warnings = (count: number, bytes = 100): Fact[] =>
  Array.from({ length: count }, (_, index) => warned(`${index} ${'x'.repeat(bytes)}`))
