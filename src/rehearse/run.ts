import type { ExitCode } from '../core/errors.ts'
import type { Entry } from '../core/journal.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import type { RunState } from '../core/state.ts'
import { hour, minute, second, type Millis } from '../core/time.ts'
import { asksQueue } from '../engine/asks.ts'
import { drive, type Driven, type Reins } from '../engine/drive.ts'
import { openSite } from '../engine/site.ts'
import { openJournal, type Paper } from '../sim/memory-journal.ts'
import { type Copy, copyOf, rehearsedRun } from './copy.ts'
import type { Fault } from './faults.ts'
import type { Site } from './places.ts'
import { seenOf, type Seen } from './seen.ts'
import { type Watch, watchUnit } from './watch.ts'

export interface Running {
  readonly plan: Plan
  readonly hash: string
  readonly seen: Seen
  readonly seed: number
  /** Without it nothing goes wrong. */
  readonly fault?: { readonly fault: Fault; readonly site: Site }
}

/** A run on a copy, as it was to the tool and as it was in truth. */
export interface Ran {
  /** `null`: it did not end. */
  readonly exit: ExitCode | null
  readonly error: unknown
  readonly state: RunState | null
  readonly entries: readonly Entry[]
  readonly began: Millis
  /** When the tool was done; then the copy was left alone until it rested. */
  readonly ended: Millis
  /** `null`: the fault's moment never came. */
  readonly struck: Millis | null
  readonly watches: ReadonlyMap<string, Watch>
  readonly failed: number
  readonly requests: number
}

/** How long a hook is taken to run. */
export const hookTime: Millis = 5 * second
/** How long a killed driver is missed. */
export const absence: Millis = minute
/** So much longer than the plan is meant to take, and it is said not to end. */
const longest: Millis = 24 * hour

/** Thrown where a SIGKILL would have been: no code of the driver may catch it and go on. */
class Killed extends Error {}

/** Runs the plan on a fresh copy until the tool is done, and the copy on until it rests. */
export async function runOn({ plan, hash, seen, seed, fault }: Running): Promise<Ran> {
  const copy = await copyOf(plan, seen, seed)
  const { sim } = copy
  const { now } = sim.clock
  const watches = new Map(
    [...copy.units].map(([id, copied]) => [id, watchUnit(copied, seenOf(seen, copied.unit), now)]),
  )
  const paper: Paper = { entries: [] }
  const began = now()
  const moment = fault?.fault.when(fault.site)
  let struck: Millis | null = null
  let drivers = 0
  let driven: Driven | null = null
  let error: unknown = null
  try {
    while (driven === null) {
      drivers += 1
      driven = await sim.runUntil(driver(drivers), longest)
      if (driven === null) await sim.advance(absence)
    }
  } catch (cause) {
    error = cause
  }
  const ended = now()
  const counts = [...watches.values()].map((watch) => watch.counted())
  await sim.advance(30 * second)
  await sim.settle()
  return {
    exit: driven?.exit ?? null,
    state: driven?.state ?? null,
    error,
    entries: paper.entries,
    began,
    ended,
    struck,
    watches,
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    requests: counts.reduce((sum, { requests }) => sum + requests, 0),
  }

  async function driver(pid: number): Promise<Driven | null> {
    const open = new AbortController()
    const asks = asksQueue()
    let isDead = false
    const alive = (): void => {
      if (isDead) throw new Killed()
    }
    const happened = (entry: Entry): void => {
      // A human is there for what the plan itself waits for, and for nothing else.
      if (entry.type === 'paused' && entry.cause === 'human') asks.ask({ verb: 'promote', by: 'rehearsal' })
      if (!fault || struck !== null || !moment?.(entry)) return
      struck = now()
      const unit = copy.units.get(fault.site.unit.id)
      if (!unit) throw new Error(`no copy of ${fault.site.unit.id}`)
      fault.fault.strike({
        copy,
        unit,
        kill: () => {
          isDead = true
          throw new Killed()
        },
      })
    }
    try {
      return await drive({
        plan,
        planHash: hash,
        run: rehearsedRun,
        journal: openJournal(paper, hash, alive),
        reins: await reinsOf(plan, copy, alive, open.signal),
        hooks: {
          async run() {
            await sim.clock.sleep(hookTime, open.signal)
            return { receipt: { exitCode: 0 }, timedOut: false, kept: async () => null }
          },
        },
        clock: sim.clock,
        who: { by: 'rehearsal', host: 'simulated', pid },
        asks,
        exitOnPause: true,
        onEntry: happened,
      })
    } catch (cause) {
      if (cause instanceof Killed) return null
      throw cause
    } finally {
      open.abort()
    }
  }
}

async function reinsOf(
  plan: Plan,
  copy: Copy,
  alive: () => void,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Reins>> {
  const reins = await Promise.all(
    unitsOf(plan).map(async (unit): Promise<[string, Reins]> => {
      const copied = copy.units.get(unit.id)
      if (!copied) throw new Error(`no copy of ${unit.id}`)
      const { cluster, metrics } = copied
      const site = await openSite(cluster, unit.workload, signal)
      // A dead driver says nothing more.
      const mortal = {
        ...cluster,
        write: (...call: Parameters<typeof cluster.write>) => {
          alive()
          return cluster.write(...call)
        },
      }
      return [unit.id, { cluster: mortal, watched: site.reins.watched, ...(metrics && { metrics }) }]
    }),
  )
  return new Map(reins)
}
