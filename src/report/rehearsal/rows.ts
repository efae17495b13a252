import { second, span, type Millis } from '../../core/time.ts'
import { escapeText } from '../../core/text.ts'
import type { Ending, EndingWord, Outcome, Place, Rehearsal } from '../../rehearse/rehearsal.ts'

/** Outcomes of one fault that read alike, at stages that follow each other. */
export interface Row {
  readonly answer: Ending['answer']
  readonly word: EndingWord
  /** `weight 5 %`, or `prepare to bake`. */
  readonly at: string
  readonly outcome: string
  readonly safeAfter: string
  readonly failed: string
  readonly ready: string
  readonly pods: string
  readonly restarts: string
  /** What a person has to know to agree; empty where the outcome says it all. */
  readonly because: string
}

export interface Group {
  readonly fault: string
  readonly says: string
  readonly rows: readonly Row[]
}

export function groupsOf({ plan, faults, outcomes }: Rehearsal): readonly Group[] {
  const stages = plan.waves.flatMap(({ id: wave, units }) => (units[0]?.stages ?? []).map(({ id }) => ({ wave, id })))
  return faults.map(({ name, says }) => ({
    fault: name,
    says: escapeText(says),
    rows: folded(
      outcomes.filter(({ fault }) => fault === name),
      stages,
    ),
  }))
}

export const outcomeWords: Readonly<Record<EndingWord, string>> = {
  released: 'released',
  'within limits': 'within limits',
  'not found': 'NOT FOUND',
  'taken back': 'taken back',
  paused: 'paused',
  'human needed': 'a human is needed',
  wrong: 'NOT AS IT SAYS',
  'not modelled': 'not modelled',
}

export const signOf = ({ answer, word }: Pick<Ending, 'answer' | 'word'>): '✔' | '‖' | '✘' =>
  answer === 'unsafe' ? '✘' : word === 'paused' ? '‖' : '✔'

/** What stands against the plan, or has to be known of it. */
export function reasonOf({ word, because }: Ending): string {
  if (word === 'released' || word === 'taken back') return ''
  return escapeText(word === 'not found' ? `it is released all the same: ${because}` : because)
}

type StageId = Pick<Place, 'wave' | 'id'>

function folded(outcomes: readonly Outcome[], stages: readonly StageId[]): Row[] {
  const runs: Outcome[][] = []
  for (const outcome of outcomes) {
    const last = runs.at(-1)
    if (last?.[0] && textOf(last[0]) === textOf(outcome)) last.push(outcome)
    else runs.push([outcome])
  }
  return runs.map((run) => rowOf(run, stages))
}

/** Names of pods and times stand in a reason; they make no outcome another. */
const textOf = (outcome: Outcome): string => JSON.stringify({ ...rowOf([outcome], []), at: '', because: '' })

function rowOf(alike: readonly Outcome[], stages: readonly StageId[]): Row {
  const [first] = alike
  if (!first) throw new Error('a row has at least one outcome')
  const { ending, failed, lowestReady, wanted, peakPods, stableRestarts } = first
  return {
    answer: ending.answer,
    word: ending.word,
    at: escapeText(placeOf(alike, first, stages)),
    outcome: `${outcomeWords[ending.word]}${ending.exit === null ? '' : ` (exit ${ending.exit})`}`,
    safeAfter: first.safeAfter === null ? '–' : briefly(first.safeAfter),
    failed: count(failed),
    ready: `${lowestReady} of ${wanted}`,
    pods: String(peakPods),
    restarts: stableRestarts === null ? '–' : String(stableRestarts),
    because: reasonOf(ending),
  }
}

function placeOf(alike: readonly Outcome[], { stage: first }: Outcome, stages: readonly StageId[]): string {
  const last = alike.at(-1)?.stage ?? first
  if (alike.length === 1) return first.title
  if (alike.length === stages.length) return 'every stage'
  const end = stages.at(-1)
  return `${first.title} to ${end?.wave === last.wave && end.id === last.id ? 'the end' : last.title}`
}

/** Under a second it makes no difference to anybody. */
export const briefly = (ms: Millis): string => (ms <= 0 ? 'at once' : ms < second ? 'under 1 s' : span(ms))

export const count = (number: number): string => Math.round(number).toLocaleString('en-US')

export const columns = ['at', 'outcome', 'safeAfter', 'failed', 'ready', 'pods', 'restarts'] as const

export const headings: Readonly<Record<(typeof columns)[number], string>> = {
  at: 'begins at',
  outcome: 'outcome',
  safeAfter: 'safe after',
  failed: 'failed',
  ready: 'ready',
  pods: 'pods',
  restarts: 'restarts',
}

/** What the headings mean. */
export const legend =
  'safe after: from the fault until no request went to new pods any more, or until the pause was said · failed: requests beyond the usual, in the whole run · ready: the fewest at any moment · pods: the most · restarts: of old pods that were restarted or made again'

/** `72 outcomes: 70 safe, 2 not`. */
export function tally({ outcomes }: Pick<Rehearsal, 'outcomes'>): string {
  const unsafe = outcomes.filter(({ ending }) => ending.answer === 'unsafe').length
  const all = `${outcomes.length} ${outcomes.length === 1 ? 'outcome' : 'outcomes'}`
  if (unsafe === 0) return `${all}, all safe`
  return `${all}: ${outcomes.length - unsafe} safe, ${unsafe} not`
}
