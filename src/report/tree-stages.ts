import type { Compared } from '../core/comparing.ts'
import type { Plan, Stage } from '../core/plan.ts'
import type { RunState } from '../core/state.ts'
import { escapeText } from '../core/text.ts'
import { span, stopwatch, type Millis } from '../core/time.ts'
import type { History } from '../judge/history.ts'
import { evidenceFigure } from './evidence-figure.ts'
import { stageFigures, summary } from './figures.ts'
import type { Paint } from './paint.ts'
import type { UnitCounts } from './screen.ts'
import { soaked, type Standing, stageBegan } from './standing.ts'
import { figureLines } from './tree-figures.ts'
import { fit, hang, padTo, widthOf, wrap } from './width.ts'

/** What the lines of one unit are made from. */
export interface UnitLook {
  readonly plan: Plan
  readonly standing: Standing
  readonly run: RunState
  readonly waiting: string | undefined
  readonly counts: UnitCounts | undefined
  /** What was measured; left out where there is no room for it. */
  readonly history: History | undefined
  readonly compared: Compared | undefined
  readonly now: Millis
  readonly columns: number
  readonly paint: Paint
}

export const signs = { done: '✔', failed: '✖', busy: '●', later: '○', paused: '‖', back: '◀', note: '!' } as const

/** Stages that are over, the one at work, and the names of the rest. */
export function forwardLines(look: UnitLook): string[] {
  const { unit, state, stage: present } = look.standing
  const rest = unit.stages.filter((stage) => stage !== present && state.stages.get(stage.id)?.answer !== 'pass')
  return [
    ...overLines(look),
    ...(present && !state.ended ? presentLines(look, present) : []),
    ...(state.ended ? [] : laterLines(look, rest)),
  ]
}

export const overLines = (look: UnitLook): string[] => {
  const { unit, state } = look.standing
  return unit.stages.filter(({ id }) => state.stages.get(id)?.answer === 'pass').map((stage) => overLine(look, stage))
}

const indentOf = (columns: number): number => (columns < 60 ? 5 : 18)

/** ` ✔ weight 5 %     `: where the words of a stage begin. */
export function label(sign: string, title: string, columns: number): string {
  const text = ` ${sign} ${escapeText(title)}`
  const indent = indentOf(columns)
  return widthOf(text) < indent - 1 ? padTo(text, indent) : `${text}  `
}

function overLine(look: UnitLook, stage: Stage): string {
  const { standing, run, columns, paint } = look
  const verdict = standing.state.stages.get(stage.id)
  const took = verdict ? verdict.at - stageBegan(standing.unit, stage, run) : 0
  const figures = stage.soak > 0 ? figuresIn(look, stage) : null
  const head = label(signs.done, stage.title, columns)
  const parts = figures ? summary(figures) : []
  const line =
    parts.length > 0
      ? asMany(`${head}${stopwatch(took)}`, parts.map(escapeText), columns)
      : fit(`${head}${verdict ? span(took) : ''} · ${escapeText(verdict?.because ?? '')}`, columns)
  return line.replace(signs.done, paint.good(signs.done))
}

/** As many parts as fit; the rest is in the report. */
function asMany(head: string, parts: readonly string[], columns: number): string {
  let line = head
  for (const part of parts) {
    if (widthOf(`${line} · ${part}`) > columns) break
    line = `${line} · ${part}`
  }
  return line === head ? fit(`${head} · ${parts[0]}`, columns) : line
}

function presentLines(look: UnitLook, stage: Stage): string[] {
  const { standing, waiting, columns, paint } = look
  const { state } = standing
  const sign = state.paused ? signs.paused : signs.busy
  const head = label(sign, stage.title, columns)
  const parts = partsOf(look, stage)
  const [first = '', ...rest] = beside(head, parts, columns)
  const says = state.paused ? `paused: ${state.paused.why}` : waitText(stage, waiting)
  const below = says === '' ? [] : hang(' '.repeat(indentOf(columns)), escapeText(says), columns).slice(0, 3)
  const colour = state.paused ? paint.warn : paint.busy
  return [
    first.replace(sign, colour(sign)).replace(stage.title, paint.bold(stage.title)),
    ...rest,
    ...figuresBelow(look, stage),
    ...below.map(state.paused ? paint.warn : paint.dim),
  ]
}

const figuresIn = ({ standing: { unit }, history, run, now }: UnitLook, stage: Stage) =>
  history ? stageFigures({ unit, stage, run, history, now }) : null

function figuresBelow(look: UnitLook, stage: Stage): string[] {
  const figures = figuresIn(look, stage)
  if (!figures) return []
  const { now, columns, paint, standing, compared } = look
  const weight = stage.weight === undefined ? {} : { weight: stage.weight }
  const evidence = evidenceFigure({ unit: standing.unit, stage, compared })
  return figureLines(figures, { now, columns, indent: indentOf(columns), paint, evidence, ...weight })
}

/** What is waited for, unless the line above says it by its clock or its count. */
const waitText = (stage: Stage, waiting: string | undefined): string =>
  waiting === undefined || waiting === `soak ${span(stage.soak)}` || waiting.endsWith('new pods ready')
    ? ''
    : `waiting for ${waiting}`

/** The soak's clock; empty before it runs. */
export function soakText({ standing: { unit }, run, now }: UnitLook, stage: Stage): string {
  const passed = soaked(unit, stage, run, now)
  return passed === null ? '' : `soak ${stopwatch(passed)} of ${stopwatch(stage.soak)}`
}

export const podsText = ({ counts }: UnitLook): string =>
  counts && counts.wantNew > 0 ? `${counts.readyNew} of ${counts.wantNew} new pods ready` : ''

function partsOf(look: UnitLook, stage: Stage): string[] {
  const { standing, counts, columns } = look
  const weight = counts?.weight ?? (stage.weight === undefined ? undefined : standing.weight)
  const width = columns < 100 ? 10 : 20
  const share = weight === undefined ? '' : `${bar(weight, width)} ${weight} %`
  return [share, podsText(look), soakText(look, stage)].filter((part) => part !== '')
}

/** `█████░░░░░`: a share of a hundred. */
export function bar(percent: number, width: number): string {
  const full = Math.round((Math.min(100, Math.max(0, percent)) * width) / 100)
  return '█'.repeat(full) + '░'.repeat(width - full)
}

/** Parts side by side as far as there is room, the others below; no part is broken unless it alone is too wide. */
function beside(head: string, parts: readonly string[], columns: number): string[] {
  const indent = ' '.repeat(indentOf(columns))
  // Two blanks between parts where three would not leave them on one line.
  const gap = [head, parts.join('   ')].reduce((sum, text) => sum + widthOf(text), 0) <= columns ? '   ' : '  '
  const lines: string[] = []
  let line = head.trimEnd()
  let filled = false
  for (const part of parts) {
    const longer = filled ? `${line}${gap}${part}` : `${padTo(line, widthOf(head))}${part}`
    if (widthOf(longer) <= columns) line = longer
    else {
      lines.push(line)
      line = fit(`${indent}${part}`, columns)
    }
    filled = true
  }
  return [...lines, line]
}

function laterLines({ columns, paint }: UnitLook, rest: readonly Stage[]): string[] {
  if (rest.length === 0) return []
  // No-break spaces keep a sign and its title together.
  const names = rest.map((stage) => `${signs.later} ${nameOf(stage)}`.replaceAll(' ', '\u00A0'))
  const lines = wrap(names.join('  '), columns - 1).map((line) => ` ${line.trimStart().replaceAll('\u00A0', ' ')}`)
  const most = 3
  const shown = lines.length > most ? [...lines.slice(0, most - 1), ` ${signs.later} and more`] : lines
  return shown.map(paint.dim)
}

const nameOf = ({ title, soak, steps }: Stage): string =>
  escapeText(soak > 0 && steps.length === 0 ? `${title} ${span(soak)}` : title)
