import type { Entry } from '../core/journal.ts'
import type { Expectation, Plan, Stage, Unit, Wave } from '../core/plan.ts'
import { second, type Millis } from '../core/time.ts'
import type { Place } from './rehearsal.ts'

/** A stage at which something may go wrong, with the unit that comes to it first. */
export interface Site extends Place {
  readonly unit: Unit
  readonly stage: Stage
  readonly index: number
}

/** Every stage of every wave, in their order. */
export const sitesOf = (plan: Plan): readonly Site[] =>
  plan.waves.flatMap((wave) => {
    const [unit] = wave.units
    if (!unit) return []
    return unit.stages.map((stage, index) => ({
      wave: wave.id,
      id: stage.id,
      title: titleOf(plan.waves, wave, stage),
      unit,
      stage,
      index,
    }))
  })

const titleOf = (waves: readonly Wave[], { id }: Wave, { title }: Stage): string =>
  waves.length > 1 ? `${id}: ${title}` : title

export type Moment = (entry: Entry) => boolean

/** The unit comes to the stage: nothing of it was sent yet. */
export function begins({ unit, stage, index }: Site): Moment {
  const steps = new Set(stage.steps.map(({ id }) => id))
  const before = unit.stages[index - 1]
  return (entry) => {
    if (!('unit' in entry) || entry.unit !== unit.id) return false
    if (entry.type === 'intended') return steps.has(entry.step)
    return steps.size === 0 && entry.type === 'judged' && entry.stage === before?.id && entry.answer === 'pass'
  }
}

/** All that the stage does is done; what is left of it is to watch. */
export function isDone(site: Site): Moment {
  const last = site.stage.steps.at(-1)
  if (!last) return begins(site)
  return (entry) => entry.type === 'settled' && entry.unit === site.unit.id && entry.step === last.id
}

/** Less than this is no time to find anything in. */
const leastWatch: Millis = 10 * second

/** Requests reach the new pods, and they are watched for a while before there is no way back. */
export function isWatched({ unit, stage, index }: Site): boolean {
  const left = unit.stages.slice(index).filter(({ otherwise }) => otherwise === 'back')
  const time = left.reduce((sum, { soak }) => sum + soak, 0)
  return (stage.weight ?? 0) > 0 && stage.waitsFor === undefined && time >= leastWatch
}

/** The stage makes pods that the ones before it have not made. */
export const makesPods = (site: Site): boolean => {
  const until = (stages: readonly Stage[]): number =>
    Math.max(0, ...stages.flatMap(({ steps }) => steps.map(({ action }) => madeBy(action.expect))))
  return until(site.unit.stages.slice(0, site.index + 1)) > until(site.unit.stages.slice(0, site.index))
}

/** Percent of the replicas that are new then. */
function madeBy(expect: Expectation): number {
  switch (expect.kind) {
    case 'sets':
      return expect.surge + expect.unavailable
    case 'partition':
      return 1_000_000 - expect.partition
    case 'all':
      return Math.max(0, ...expect.of.map(madeBy))
    default:
      return 0
  }
}

/** There are new pods by then, and more may come. */
export const hasNewPods = (site: Site): boolean =>
  (isWatched(site) || (site.stage.weight ?? 0) === 0) &&
  site.unit.stages.slice(0, site.index + 1).some((_, index) => makesPods({ ...site, index }))
