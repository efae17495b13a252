import { unitsOf } from '../core/plan.ts'
import type { Entry } from '../core/journal.ts'
import { escapeText } from '../core/text.ts'
import { stopwatch } from '../core/time.ts'
import { about } from './estimate.ts'
import type { Paint } from './paint.ts'
import type { Progress } from './screen.ts'
import { type Standing, standings } from './standing.ts'
import { timeLeft } from './time-left.ts'
import { backLines } from './tree-back.ts'
import { briefLine, briefLines } from './tree-brief.ts'
import { forwardLines, overLines, signs, type UnitLook } from './tree-stages.ts'
import { fit, hang, widthOf, wrap } from './width.ts'
import { some, timeOfDay } from './words.ts'

export interface FrameOptions {
  readonly columns: number
  readonly rows: number
  readonly paint: Paint
  readonly opened?: Extract<Entry, { type: 'opened' }>
  /** What was worth saying lately: warnings, drift, answers to keys. */
  readonly notes: readonly string[]
}

/** The whole picture of a run as lines that fit the terminal. */
export function frame(progress: Progress, options: FrameOptions): string[] {
  const { columns, rows, paint } = options
  const all = standings(progress.plan, progress.state)
  const head = [...header(progress, options), '']
  const notes = options.notes
    .slice(rows < 16 ? -1 : 0)
    .flatMap((note) => hang(` ${signs.note} `, note, columns).map(paint.warn))
  const tail = notes.length > 0 ? ['', ...notes] : []
  const room = rows - 1 - head.length - tail.length
  const body = fitting(
    [
      () => sections(progress, options, all),
      () => sections(progress, options, all, isAtWork),
      () => sections(without(progress), options, all, isAtWork),
      () => briefLines(all.map((standing) => look(progress, options, standing))),
    ],
    room,
    columns,
  )
  return [...head, ...body, ...tail].slice(0, Math.max(1, rows - 1)).map((line) => line.trimEnd())
}

/** The fullest picture that there is room for; of the shortest as much as fits. */
function fitting(pictures: readonly (() => string[])[], room: number, columns: number): string[] {
  let lines: string[] = []
  for (const picture of pictures) {
    lines = picture()
    if (lines.length <= room) return lines
  }
  const most = Math.max(1, room - 1)
  return [...lines.slice(0, most), fit(`   … and ${lines.length - most} more lines: the terminal is too low`, columns)]
}

function header({ plan, state, now }: Progress, { columns, paint, opened }: FrameOptions): string[] {
  const { strategy, service, from, version, environment } = plan.release
  const clusters = [...new Set(unitsOf(plan).map(({ cluster }) => cluster))]
  const what = escapeText(`${strategy} ${service}  ${from} → ${version}`)
  const where = escapeText(`${environment}/${some(clusters, 3)}`)
  const who = opened ? [`run ${opened.run}`, `${timeOfDay(opened.at).slice(0, 5)} by ${escapeText(opened.by)}`] : []
  const left = timeLeft(plan, state, now)
  const clock =
    state.opened === 0
      ? []
      : [stopwatch(now - state.opened), ...(left === null || left === 0 ? [] : [`${about(left)} left`])]
  const parts = [what, where, ...who, ...clock]
  // No-break spaces: a header is broken between its parts, not within them.
  const lines = wrap(
    parts.map((part) => (widthOf(part) > columns ? part : part.replaceAll(' ', '\u00A0'))).join('   '),
    columns,
  ).map((line) => line.replaceAll('\u00A0', ' ').trimStart())
  return lines.map((line) => line.replace(what, paint.bold(what)))
}

/** On a low terminal figures go before stages do. */
const without = ({ histories: _, ...progress }: Progress): Progress => progress

const isAtWork = ({ state, begun }: Standing): boolean => begun && !state.ended

function sections(
  progress: Progress,
  options: FrameOptions,
  all: readonly Standing[],
  isFull: (standing: Standing) => boolean = ({ state, begun }) => begun || state.ended !== null,
): string[] {
  if (all.length === 1) return all.flatMap((standing) => unitLines(look(progress, options, standing)))
  const nameWidth = Math.max(...all.map(({ unit }) => widthOf(unit.id)))
  return all.flatMap((standing, index) => {
    const one = look(progress, options, standing)
    const before = all[index - 1]
    const gap = before && (isFull(standing) || isFull(before)) ? [''] : []
    if (!isFull(standing)) return [...gap, briefLine(one, nameWidth)]
    return [...gap, options.paint.bold(escapeText(standing.unit.id)), ...unitLines(one)]
  })
}

const look = (
  { plan, waiting, counts, histories, comparisons, state, now }: Progress,
  { columns, paint }: FrameOptions,
  standing: Standing,
): UnitLook => ({
  plan,
  standing,
  run: state,
  waiting: waiting.get(standing.unit.id),
  counts: counts.get(standing.unit.id),
  history: histories?.get(standing.unit.id),
  compared: comparisons?.get(standing.unit.id),
  now,
  columns,
  paint,
})

const unitLines = (one: UnitLook): string[] =>
  one.standing.state.way === 'forward' ? forwardLines(one) : [...overLines(one), ...backLines(one)]
