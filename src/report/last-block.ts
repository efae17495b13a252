import type { Entry } from '../core/journal.ts'
import { hashOf } from '../core/hash.ts'
import type { BackStep } from '../core/plan.ts'
import { escapeText } from '../core/text.ts'
import { type Millis, span } from '../core/time.ts'
import { nextCommands } from './next-command.ts'
import { type Story, type StoryInput, storyOf } from './outcome.ts'
import { type Paint, plain } from './paint.ts'
import { places, seenBack, served, serving } from './serving.ts'
import { backSteps, type Standing } from './standing.ts'
import { templateDiff } from './template-diff.ts'
import { hang, padTo, widthOf } from './width.ts'
import { imageChange, short, some, timeOfDay } from './words.ts'

export interface BlockInput extends StoryInput {
  /** Where more evidence is kept: a folder or a file. */
  readonly evidence?: string
  /** What the release cost its users, where that was counted. */
  readonly harm?: string
  readonly columns?: number
  readonly paint?: Paint
}

/** The end of a run, and what `status` says of it: outcome, why, what changed, what was undone, evidence, what next. */
export function lastBlock(input: BlockInput): string {
  const story = storyOf(input)
  const columns = Math.min(120, Math.max(40, input.columns ?? 100))
  const paint = input.paint ?? plain
  return [
    ...headline(story, columns, paint),
    ...blockRows(story, input).flatMap((row) => rowLines(row, columns)),
    ...warning(story, paint),
  ].join('\n')
}

const labelWidth = 12

function rowLines({ label, texts }: Row, columns: number): string[] {
  return texts.flatMap((text, index) =>
    hang(padTo(index === 0 ? `  ${label}` : '', labelWidth), escapeText(text), columns),
  )
}

function headline(story: Story, columns: number, paint: Paint): string[] {
  const good = story.outcome === 'done' || story.outcome === 'verified' || story.outcome === 'running'
  const colour = good
    ? paint.good
    : story.outcome === 'human-needed' || story.outcome === 'taken-back'
      ? paint.bad
      : paint.warn
  const text = headlineText(story)
  const exit = story.exit === null ? '' : `exit ${story.exit}`
  const gap = columns - widthOf(text) - widthOf(exit)
  if (gap >= 3) return [`${colour(text)}${' '.repeat(exit === '' ? 0 : gap)}${exit}`]
  return [...hang('', text, columns).map(colour), ...(exit === '' ? [] : [`  ${exit}`])]
}

/** What became of the run: `Done: web serves v1.2.3 in us-east-1`. */
export function headlineText(story: Story): string {
  const { plan, units, outcome } = story
  const serves = serving(plan, units)
  switch (outcome) {
    case 'done':
      return `Done: ${serves}`
    case 'verified':
      return `Nothing to do: ${serves} already`
    case 'taken-back':
      return `Taken back: ${serves}, ${seenBack(units.filter(({ state }) => state.ended?.outcome === 'taken-back'))}`
    case 'human-needed':
      return `A human is needed now: ${places(units) || serves}`
    case 'paused':
      return `Paused: ${places(units).replaceAll(' (paused)', '')}`
    case 'interrupted':
      return `Interrupted: ${serves}; the run is open`
    case 'running':
      return `Running: ${places(units)}`
    case 'open':
      return `Open, and not seen from here whether anybody drives it: ${places(units)}`
    case 'unattended':
      return `UNATTENDED since ${timeOfDay(story.heard)}: ${places(units)}`
    case 'stopped':
      return `Stopped: ${serves}; the run is ${story.state.exit === null ? 'open' : 'over'}`
  }
}

export interface Row {
  readonly label: string
  readonly texts: readonly string[]
}

/** What is to be said below the headline; rows without a text are left out. */
export function blockRows(
  story: Story,
  { evidence, harm }: Pick<BlockInput, 'evidence' | 'harm'>,
  clock: (at: Millis) => string = timeOfDay,
): Row[] {
  const all: Row[] = [
    { label: 'why', texts: whys(story) },
    { label: 'serves', texts: isSaid(story) ? [] : [served(story.plan, story.units)] },
    { label: 'changed', texts: changed(story) },
    { label: 'undone', texts: undone(story.units, clock) },
    { label: 'harm', texts: harm === undefined ? [] : [harm] },
    { label: 'watch out', texts: warned(story.entries) },
    { label: 'evidence', texts: [...proof(story), ...(evidence === undefined ? [] : [evidence])] },
    { label: 'driver', texts: driver(story) },
    { label: 'took', texts: took(story, clock) },
    { label: 'journal', texts: journal(story) },
    { label: 'next', texts: nextCommands(story).map(({ command, does }) => `${command}   ${does}`) },
  ]
  return all.filter(({ texts }) => texts.length > 0)
}

/** Whether the headline says already who serves what. */
const isSaid = ({ outcome }: Story): boolean =>
  !['human-needed', 'paused', 'running', 'open', 'unattended'].includes(outcome)

function whys({ units, outcome }: Story): string[] {
  if (outcome === 'done') return []
  const texts = units.map(({ state, unit }) => ({
    unit: unit.id,
    why: state.paused?.why ?? state.turn?.why ?? (state.ended?.outcome === 'verified' ? state.ended.because : ''),
  }))
  const different = [...new Set(texts.map(({ why }) => why))].filter((why) => why !== '')
  if (different.length < 2) return different
  return different.map(
    (why) =>
      `${some(
        texts.filter((one) => one.why === why).map(({ unit }) => unit),
        4,
      )}: ${why}`,
  )
}

function changed({ units, outcome }: Story): string[] {
  if (outcome !== 'done') return []
  const images = units.flatMap(({ unit }) => templateDiff(unit).images)
  return [...new Set(images.map(({ container, from, to }) => `${container}: ${imageChange(from, to)}`))]
}

const names = { traffic: 'requests', services: 'services', pods: 'pods', rest: 'the rest' } as const

/** `requests 12:06:41, services 12:06:43`: when each part of the way back was seen to be done. */
function undone(units: readonly Standing[], clock: (at: Millis) => string): string[] {
  const back = units.filter(({ state }) => state.way === 'back' && state.steps.size > 0)
  return back.map((standing) => {
    const due = backSteps(standing.unit, standing.state)
    const order = [...new Set(due.map(({ moves }) => moves))]
    const text = order
      .map((moves) =>
        part(
          moves,
          due.filter((step) => step.moves === moves),
          standing,
          clock,
        ),
      )
      .join(', ')
    return back.length > 1 ? `${standing.unit.id}: ${text}` : text
  })
}

function part(
  moves: BackStep['moves'],
  steps: readonly BackStep[],
  { state }: Standing,
  clock: (at: Millis) => string,
): string {
  const states = steps.map(({ id }) => state.steps.get(id))
  if (states.every((step) => step?.phase === 'settled'))
    return `${names[moves]} ${clock(Math.max(...states.map((step) => step?.at ?? 0)))}`
  const missing = steps.find((_, index) => states[index]?.phase !== 'settled')
  return `${names[moves]} NOT YET (${missing?.does ?? ''})`
}

const warned = (entries: readonly Entry[]): string[] => {
  const texts = entries.flatMap((entry) => (entry.type === 'warned' ? [entry.because] : []))
  return [...new Set(texts)].slice(0, 4)
}

const mostEvidence = 8

/** What the last verdicts rest on: for a failure all that was seen of the worst pod, else one line for each unit. */
function proof({ entries, units, outcome }: Story): string[] {
  const verdicts = entries.filter((entry) => entry.type === 'judged')
  const failed = verdicts.filter(({ answer }) => answer === 'fail')
  if (failed.length > 0 && outcome !== 'done') {
    const lines = [...new Set(failed.flatMap(({ evidence }) => evidence ?? []))]
    const rest = lines.length - mostEvidence
    return rest > 0 ? [...lines.slice(0, mostEvidence), `and ${rest} more lines`] : lines
  }
  return units.flatMap(({ unit, state }) => {
    const passed = unit.stages.filter(({ id }) => state.stages.get(id)?.answer === 'pass')
    const longest = Math.max(0, ...passed.map(({ soak }) => soak))
    const stage = passed.findLast(({ soak }) => soak === longest)
    const verdict = stage && state.stages.get(stage.id)
    return verdict ? [`${units.length > 1 ? `${unit.id}, ` : ''}${stage.title}: ${verdict.because}`] : []
  })
}

const driver = ({ driver: who, outcome }: Story): string[] =>
  who === null ? [] : [outcome === 'running' ? who : `nobody now; last ${who}`]

function took({ state, entries }: Story, clock: (at: Millis) => string): string[] {
  const opened = entries.find((entry) => entry.type === 'opened')
  if (!opened) return []
  const who = `run ${state.run} by ${opened.by} on ${opened.host}`
  const [from, to] = [clock(opened.at), clock(state.last)]
  const long = span(state.last - opened.at)
  return [
    state.exit === null
      ? `${long} so far, opened ${from}, last entry ${to}, ${who}`
      : `${long}, ${from} to ${to}, ${who}`,
  ]
}

function journal({ entries }: Story): string[] {
  const last = entries.at(-1)
  return last ? [`head ${short(hashOf(last))}, ${entries.length} entries`] : []
}

/** The last line, so that nobody overlooks it: what is left without anyone to take it back. */
function warning({ outcome, units, plan }: Story, paint: Paint): string[] {
  if (!leavesAlone.has(outcome)) return []
  const open = units.filter(({ state, begun }) => begun && !state.ended)
  const where = open.map(({ unit, weight, state }) => {
    const name = units.length > 1 ? unit.id : plan.release.service
    return state.way === 'back' && weight === 0 ? `${name} on its way back` : `${name} at ${weight} %`
  })
  return where.length === 0 ? [] : [paint.warn(`nobody is watching ${escapeText(where.join(', '))}`)]
}

const leavesAlone: ReadonlySet<string> = new Set(['paused', 'unattended', 'interrupted', 'human-needed', 'stopped'])
