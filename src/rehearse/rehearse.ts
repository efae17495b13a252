import type { Entry } from '../core/journal.ts'
import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import type { Millis } from '../core/time.ts'
import { assumptions } from './assumptions.ts'
import { touchedBy } from './differences.ts'
import { endingOf } from './ending.ts'
import { type Fault, faults } from './faults.ts'
import { type Site, sitesOf } from './places.ts'
import type { Figures, GoodRun, Outcome, Place, Rehearsal, Sample, StageRun, UnitRun } from './rehearsal.ts'
import { type Ran, runOn, type Running } from './run.ts'
import { type Seen, seenOf } from './seen.ts'

export interface Asked {
  readonly plan: Plan
  readonly hash: string
  readonly seen: Seen
  readonly seed: number
  /** Only these faults and stages; absent: all. */
  readonly faults?: readonly string[]
  readonly stages?: readonly string[]
  /** Told before each run: which it is, of how many. */
  readonly onRun?: (index: number, of: number) => void
}

/** Runs the plan on a copy of what was seen: once with nothing wrong, then with each fault at each stage where it fits. */
export async function rehearse({ onRun = () => {}, ...asked }: Asked): Promise<Rehearsal> {
  const { plan, hash, seen, seed } = asked
  const running: Running = { plan, hash, seen, seed }
  const pairs = matrixOf(asked)
  onRun(0, pairs.length + 1)
  const good = goodRun(running, await runOn(running))
  const outcomes: Outcome[] = []
  for (const [index, fault] of pairs.entries()) {
    onRun(index + 1, pairs.length + 1)
    outcomes.push(await outcomeOf({ ...running, fault }))
  }
  return {
    plan,
    hash,
    seed,
    assumed: assumptions(plan, seen),
    notModelled: touchedBy(plan, seen),
    good,
    faults: faults
      .filter(({ name }) => outcomes.some(({ fault }) => fault === name))
      .map(({ name, says }) => ({ name, says })),
    outcomes,
  }
}

/** Every fault at every stage where it fits, of those that were asked for. */
function matrixOf({ plan, faults: names, stages }: Pick<Asked, 'plan' | 'faults' | 'stages'>): {
  readonly fault: Fault
  readonly site: Site
}[] {
  const sites = sitesOf(plan).filter(({ id }) => stages?.includes(id) ?? true)
  return faults
    .filter(({ name }) => names?.includes(name) ?? true)
    .flatMap((fault) => sites.filter(fault.fits).map((site) => ({ fault, site })))
}

async function outcomeOf(running: Running & { readonly fault: { fault: Fault; site: Site } }): Promise<Outcome> {
  const ran = await runOn(running)
  const ending = endingOf(running, ran)
  const { fault, site } = running.fault
  const isBack = ending.word === 'taken back' || ending.exit === 3 || ending.exit === 22
  const watches = [...ran.watches.values()]
  return {
    fault: fault.name,
    stage: placeOf(site),
    ending,
    safeAfter: safeAfter(running, ran, ending.word === 'paused' ? 'paused' : isBack ? 'back' : 'on'),
    stableRestarts: isBack ? watches.reduce((sum, watch) => sum + watch.restarted(), 0) : null,
    ...figuresOf(ran),
  }
}

const placeOf = ({ wave, id, title }: Site): Place => ({ wave, id, title })

function safeAfter(
  { plan, seen }: Running,
  { struck, entries, watches }: Ran,
  end: 'back' | 'paused' | 'on',
): Millis | null {
  if (struck === null || end === 'on') return null
  if (end === 'paused') {
    const paused = entries.find((entry) => entry.type === 'paused' && entry.at >= struck && entry.cause !== 'human')
    return paused ? paused.at - struck : null
  }
  const ends = unitsOf(plan).map((unit) =>
    lastAtRisk(watches.get(unit.id)?.samples ?? [], struck, seenOf(seen, unit).load.failing),
  )
  return Math.max(...ends) - struck
}

/** The end of the last time in which requests went to new pods, or more than usual failed, at or after the fault. */
function lastAtRisk(samples: readonly Sample[], struck: Millis, usual: number): Millis {
  const last = samples.findLastIndex(({ toNew, failing }) => toNew > 0 || failing > usual + 1e-9)
  return Math.max(struck, samples[last + 1]?.at ?? struck)
}

function figuresOf({ watches, began, ended, failed, requests }: Ran): Figures {
  const lows = [...watches.values()].map(({ samples, wanted }) => ({
    wanted,
    ready: Math.min(...samples.map(({ ready }) => ready)),
  }))
  const lowest = lows.reduce((low, one) => (one.ready / one.wanted < low.ready / low.wanted ? one : low))
  return {
    took: ended - began,
    failed: Math.round(failed),
    requests: Math.round(requests),
    lowestReady: lowest.ready,
    wanted: lowest.wanted,
    peakPods: Math.max(...[...watches.values()].flatMap(({ samples }) => samples.map(({ pods }) => pods))),
  }
}

function goodRun(running: Running, ran: Ran): GoodRun {
  const units = unitsOf(running.plan).map(
    (unit): UnitRun => ({
      unit: unit.id,
      stages: stagesOf(unit, ran),
      samples: (ran.watches.get(unit.id)?.samples ?? []).map((sample) => ({ ...sample, at: sample.at - ran.began })),
    }),
  )
  const ending = endingOf(running, ran)
  // With nothing wrong, going back or waiting for somebody is a mistake of the plan.
  return { ...figuresOf(ran), ending: ending.word === 'released' ? ending : { ...ending, answer: 'unsafe' }, units }
}

/** A stage lasts from the end of the one before to its own last verdict. */
function stagesOf(unit: Unit, { entries, began, ended }: Ran): StageRun[] {
  const isOf = (entry: Entry): boolean => 'unit' in entry && entry.unit === unit.id
  const first = entries.find((entry) => entry.type === 'intended' && isOf(entry))?.at
  if (first === undefined) return []
  let from = first
  const runs: StageRun[] = []
  for (const { id, title } of unit.stages) {
    const passed = entries.findLast((entry) => entry.type === 'judged' && isOf(entry) && entry.stage === id)
    const begun = entries.some((entry) => entry.at >= from && isOf(entry))
    if (!passed && !begun) break
    const to = passed?.at ?? ended
    runs.push({ id, title, from: from - began, to: to - began })
    from = to
  }
  return runs
}
