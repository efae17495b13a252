import { type Expectation, type Plan, type Stage, type Step, type Unit, type Wave, unitsOf } from '../core/plan.ts'
import { minute, second, type Millis } from '../core/time.ts'

/** Until new pods are Ready, when nobody knows better. */
const podStart: Millis = 15 * second
const oneWrite: Millis = second

/** About how long a stage takes when all goes well; what a human decides in between is not counted. */
export const stageEstimate = (unit: Unit, { steps, soak }: Pick<Stage, 'steps' | 'soak'>): Millis =>
  soak + steps.reduce((sum, step) => sum + stepEstimate(unit, step), 0)

function stepEstimate(unit: Unit, { action: { mutation, expect } }: Step): Millis {
  if (mutation.verb === 'hook') return 5 * second
  return waitsForPods(expect) ? podStart + unit.seen.minReady : oneWrite
}

const waitsForPods = (expect: Expectation): boolean => {
  if (expect.kind === 'all') return expect.of.some(waitsForPods)
  return expect.kind === 'ready' || expect.kind === 'complete' || expect.kind === 'partition'
}

const unitEstimate = (unit: Unit): Millis => unit.stages.reduce((sum, stage) => sum + stageEstimate(unit, stage), 0)

/** Waves run in order; within one, so many units side by side. */
const waveEstimate = ({ units, parallel }: Wave): Millis =>
  Math.ceil(units.length / Math.max(1, parallel)) * Math.max(0, ...units.map(unitEstimate))

export const planEstimate = (plan: Plan): Millis => plan.waves.reduce((sum, wave) => sum + waveEstimate(wave), 0)

/** `about 32 min`: to the minute, because it is a guess. */
export function about(ms: Millis): string {
  if (ms < minute) return 'about 1 min'
  const minutes = Math.round(ms / minute)
  if (minutes < 60) return `about ${minutes} min`
  return minutes % 60 === 0 ? `about ${minutes / 60} h` : `about ${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Writes that go forward, hooks not among them. */
export const changesOf = (plan: Plan): number =>
  stepsOf(plan).filter(({ action: { mutation } }) => mutation.verb !== 'hook').length

export const hooksOf = (plan: Plan): number =>
  stepsOf(plan).filter(({ action: { mutation } }) => mutation.verb === 'hook').length

const stepsOf = (plan: Plan): Step[] => unitsOf(plan).flatMap((unit) => unit.stages.flatMap((stage) => stage.steps))

/** The most pods that there ever are, in percent of those asked for; `null` when the plan does not say. */
export function peakPercent(unit: Unit): number | null {
  if (unit.workload.kind === 'StatefulSet') return 100
  const surges = unit.stages
    .flatMap((stage) => stage.steps)
    .map(({ action: { expect } }) => (expect.kind === 'sets' ? expect.surge : null))
    .filter((surge) => surge !== null)
  return surges.length === 0 ? null : 100 + Math.max(...surges)
}
