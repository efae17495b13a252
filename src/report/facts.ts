import type { Fact } from '../core/journal.ts'
import type { Json } from '../core/json.ts'
import { type Plan, type Stage, stepsOf, type Unit, unitsOf } from '../core/plan.ts'
import { escapeText } from '../core/text.ts'
import { short } from './words.ts'

/** What happened, as one line for a person; the same words on every screen. Text from outside is escaped. */
export const factText = (fact: Fact, plan: Plan): string => escapeText(words(fact, plan))

/** A write that met a newer object is said again at once; a step that the run has turned away from is not sent at all. */
const quietRefusals: ReadonlySet<string> = new Set(['kube-invalid', 'kube-conflict', 'turned'])

/**
 * What a reader can do without: that a step is about to be done and was sent (the line comes when it took effect), and
 * refusals that change nothing. `--verbose` shows all.
 */
export const isQuiet = (fact: Fact): boolean =>
  fact.type === 'intended' ||
  fact.type === 'sent' ||
  fact.type === 'attached' ||
  (fact.type === 'refused' && fact.retry && quietRefusals.has(fact.code))

/** The units that a fact is about; none when it is about the run. */
export function unitsIn(fact: Fact): readonly string[] {
  if ('unit' in fact) return [fact.unit]
  return 'units' in fact ? fact.units : []
}

/** What a step does, by its id, on either way. */
export function stepText(plan: Plan, unitId: string, step: string): string {
  const unit = unitOf(plan, unitId)
  const found = (unit ? stepsOf(unit) : []).find(({ id }) => id === step)
  if (found) return found.does
  // A lock that somebody took away and that is put back.
  if (step.startsWith('hold.')) return `put back ${step.slice('hold.'.length)}`
  // The token of this driver in place of an earlier one's.
  return step.replace(/^take\.\d+\./, 'take over ')
}

const unitOf = (plan: Plan, id: string): Unit | undefined => unitsOf(plan).find((unit) => unit.id === id)

const stageOf = (plan: Plan, unit: string, stage: string): Stage | undefined =>
  unitOf(plan, unit)?.stages.find(({ id }) => id === stage)

const titleOf = (plan: Plan, unit: string, stage: string): string => stageOf(plan, unit, stage)?.title ?? stage

const because = (reason: string | undefined): string => (reason === undefined ? '' : `: ${reason}`)

function words(fact: Fact, plan: Plan): string {
  switch (fact.type) {
    case 'opened': {
      const { strategy, service, from, version } = plan.release
      const what = `${strategy} ${service} ${from} → ${version}`
      return `run ${fact.run} opened by ${fact.by} on ${fact.host}: ${what}, plan ${short(fact.plan)}${because(fact.reason)}`
    }
    case 'attached':
      return `${fact.by} drives the run from ${fact.host}, process ${fact.pid}`
    case 'asked':
      return `${fact.by} says ${fact.verb}${fact.stage === undefined ? '' : ` ${fact.stage}`}${fact.full ? ', and no more soaks' : ''}${because(fact.reason)}`
    case 'intended':
    case 'sent':
    case 'refused':
    case 'settled':
      return `${placeOf(fact, plan)}${stepWords(fact, stepText(plan, fact.unit, fact.step))}`
    case 'judged':
      return `${titleOf(plan, fact.unit, fact.stage)}: ${fact.answer}: ${fact.because}`
    case 'drifted': {
      const done = fact.action === 'reassert' ? 'put back' : 'paused'
      return `${fact.who} changed ${fact.object} ${fact.path}${changed(fact.was, fact.now)}: ${done}`
    }
    case 'turned':
      if (fact.to === 'frozen') return `frozen, a human decides: ${fact.why}`
      return `going back${fact.past === undefined ? '' : `, past ${fact.past}`}: ${fact.why}`
    case 'paused':
      return `paused: ${fact.why}`
    case 'resumed':
      return `resumed by ${fact.by}`
    case 'warned':
      return `watch out: ${fact.because}`
    case 'provider':
      return fact.up ? fact.because : `no figures: ${fact.because}`
    case 'ended':
      return endWords(fact.outcome, fact.because, plan)
    case 'closed':
      return `the run is over: ${fact.outcome}, exit ${fact.exit}`
  }
}

type StepFact = Extract<Fact, { readonly way: 'forward' | 'back' }>

function placeOf({ unit, step, way }: StepFact, plan: Plan): string {
  if (way === 'back') return 'back: '
  const stage = unitOf(plan, unit)?.stages.find(({ steps }) => steps.some(({ id }) => id === step))
  return stage ? `${stage.title}: ` : ''
}

function stepWords(fact: StepFact, does: string): string {
  switch (fact.type) {
    case 'intended':
      return `begun: ${does}`
    case 'sent':
      return `sent: ${does}`
    case 'settled':
      return does
    case 'refused':
      return `refused (${fact.code}): ${does}: ${fact.because}${isSentAgain(fact) ? '; tried again soon' : ''}`
  }
}

const isSentAgain = ({ retry, code }: Extract<Fact, { type: 'refused' }>): boolean => retry && code !== 'turned'

export function endWords(outcome: Extract<Fact, { type: 'ended' }>['outcome'], why: string, plan: Plan): string {
  const { service, from, version } = plan.release
  switch (outcome) {
    case 'done':
      return `done: ${service} serves ${version}`
    case 'verified':
      return `nothing to do: ${service} serves ${version} already${because(why || undefined)}`
    case 'taken-back':
      return `taken back: ${service} serves ${from}${because(why || undefined)}`
    case 'left-paused':
      return `left paused${because(why || undefined)}`
    case 'superseded':
      return `superseded by a newer release${because(why || undefined)}`
  }
}

/** Only values that are short and no object: a field may hold a template, and a template may hold secrets. */
function changed(was: Json, now: Json): string {
  const shown = (value: Json): string | null => {
    if (value === null) return 'nothing'
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
  }
  const [before, after] = [shown(was), shown(now)]
  return before === null || after === null || before === after ? '' : ` from ${before} to ${after}`
}
