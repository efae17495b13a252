import { planHash } from '../../src/core/plan-hash.ts'
import type { Entry } from '../../src/core/journal.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import type { Plan } from '../../src/core/plan.ts'
import { unitsOf } from '../../src/core/plan.ts'
import { type RunState, unitState } from '../../src/core/state.ts'
import { minute, type Millis } from '../../src/core/time.ts'
import { type Ask, asksQueue } from '../../src/engine/asks.ts'
import { drive } from '../../src/engine/drive.ts'
import { openSite } from '../../src/engine/site.ts'
import { openJournal, type Paper } from '../../src/sim/memory-journal.ts'
import { createSim } from '../../src/sim/sim.ts'

/** A namespace as it stood, and when. */
export interface KeptWorld {
  readonly at: Millis
  readonly cluster: string
  /** The newest resourceVersion: receipts in the journal are older. */
  readonly version: number
  readonly objects: readonly KubeObject[]
}

export interface Continued {
  readonly exit: number
  readonly entries: readonly Entry[]
  /** What stands in the namespace at the end. */
  readonly objects: readonly KubeObject[]
}

/** Another driver goes on with the run in this world, until it leaves. */
export async function continued(
  { plan, entries, world, run }: { plan: Plan; entries: readonly Entry[]; world: KeptWorld; run: string },
  ask?: Ask,
): Promise<Continued> {
  const [unit] = unitsOf(plan)
  if (!unit) throw new Error('a plan without a unit')
  const sim = createSim({ start: world.at + minute })
  const cluster = sim.cluster(world.cluster)
  const { store } = cluster.inside
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: unit.namespace } }
  do store.copy(namespace)
  while (Number(store.version()) < world.version)
  for (const object of world.objects) store.copy(object)
  await sim.settle()
  const open = new AbortController()
  const site = await sim.runUntil(openSite(cluster, unit.workload, open.signal))
  const paper: Paper = { entries: [...entries] }
  const asks = asksQueue()
  if (ask) asks.ask(ask)
  const hash = planHash(plan)
  const { exit } = await sim.runUntil(
    drive({
      plan,
      planHash: hash,
      run,
      journal: openJournal(paper, hash),
      reins: new Map([[unit.id, site.reins]]),
      hooks: { run: () => Promise.resolve({ receipt: { exitCode: 0 }, timedOut: false, kept: async () => null }) },
      clock: sim.clock,
      who: { by: 'ben', host: 'laptop', pid: 2 },
      asks,
      exitOnPause: true,
    }),
  )
  open.abort()
  await sim.settle()
  return { exit, entries: paper.entries, objects: [...cluster.see(unit.namespace).objects.values()] }
}

/** A state as a plain value, as far as every version knows it: where each unit stands, and each of its steps. */
export const toldOf = (state: RunState, plan: Plan): object => ({
  run: state.run,
  epoch: state.epoch,
  exit: state.exit,
  units: unitsOf(plan).map(({ id }) => {
    const { way, turn, paused, ended, steps, stages } = unitState(state, id)
    return {
      id,
      way,
      turn: turn && { cause: turn.cause, why: turn.why, ...(turn.past !== undefined && { past: turn.past }) },
      paused: paused && { cause: paused.cause, why: paused.why },
      ended: ended && ended.outcome,
      steps: [...steps].map(([step, { phase, way: stepWay, attempts }]) => `${step} ${stepWay} ${phase} ${attempts}`),
      stages: [...stages].map(([stage, { answer, promoted }]) => `${stage} ${answer}${promoted ? ' promoted' : ''}`),
    }
  }),
})
