import { escapeText } from '../../core/text.ts'
import { span, stopwatch } from '../../core/time.ts'
import { isSafe, type Rehearsal } from '../../rehearse/rehearsal.ts'
import { type Paint, plain } from '../paint.ts'
import { hang, padTo, widthOf } from '../width.ts'
import { many, short } from '../words.ts'
import {
  briefly,
  columns as fields,
  count,
  type Group,
  groupsOf,
  headings,
  legend,
  type Row,
  reasonOf,
  signOf,
  tally,
} from './rows.ts'

export interface RehearsalTextOptions {
  readonly columns?: number
  readonly paint?: Paint
}

interface Look {
  readonly width: number
  readonly paint: Paint
}

/** A rehearsal for the person who is going to approve the plan: what it rests on first, then what happened. */
export function rehearsalText(
  rehearsal: Rehearsal,
  { columns = 100, paint = plain }: RehearsalTextOptions = {},
): string {
  const look: Look = { width: Math.min(120, Math.max(40, columns)), paint }
  return [
    ...title(rehearsal, look),
    '',
    ...listOf('assumed', rehearsal.assumed, look),
    ...listOf('not modelled, of what this plan touches', rehearsal.notModelled, look),
    ...goodLines(rehearsal, look),
    '',
    ...matrixLines(groupsOf(rehearsal), look),
    ...summary(rehearsal, look),
    '',
  ].join('\n')
}

function title({ plan, hash, seed }: Rehearsal, { width, paint }: Look): string[] {
  const { strategy, service, from, version, environment } = plan.release
  const what = escapeText(`rehearsal of ${strategy} ${service}  ${from} → ${version}   ${environment}`)
  const [first = '', ...rest] = hang('', what, width)
  return [
    paint.bold(first),
    ...rest,
    ...hang(
      '',
      `plan ${short(hash)} on a simulated copy of what was seen, seed ${seed}: nothing real was changed`,
      width,
    ),
  ]
}

function listOf(heading: string, texts: readonly string[], { width, paint }: Look): string[] {
  if (texts.length === 0) return []
  return [paint.bold(heading), ...texts.flatMap((text) => hang('  · ', escapeText(text), width)), '']
}

function goodLines({ good }: Rehearsal, look: Look): string[] {
  const { width, paint } = look
  const ending = `${signOf(good.ending)} ${good.ending.word} in ${span(good.took)}`
  const figures = `most pods ${good.peakPods} · fewest ready ${good.lowestReady} of ${good.wanted} · ${count(good.failed)} of ${count(good.requests)} requests failed`
  const reason = reasonOf(good.ending)
  return [
    paint.bold('with nothing wrong'),
    ...good.units.flatMap(({ unit, stages }) => [
      ...(good.units.length > 1 ? [`  ${escapeText(unit)}`] : []),
      ...stages.flatMap(({ title, from, to }) =>
        hang(`  ${stopwatch(from).padStart(7)}  `, `${escapeText(title)}  ${briefly(to - from)}`, width),
      ),
    ]),
    ...coloured(good.ending.answer, hang('  ', ending, width), look),
    ...hang('    ', figures, width),
    ...(reason === '' ? [] : hang('    ', reason, width)),
  ]
}

function matrixLines(groups: readonly Group[], look: Look): string[] {
  if (groups.length === 0) return []
  const widths = widthsOf(groups.flatMap(({ rows }) => rows))
  const fits = 4 + widths.reduce((sum, one) => sum + one + 2, 0) - 2 <= look.width
  return [
    look.paint.bold('what could go wrong'),
    ...hang('  ', legend, look.width),
    '',
    ...groups.flatMap(({ fault, says, rows }) => [
      ...hang('', `${says} (${fault})`, look.width).map(look.paint.bold),
      ...(fits ? tableOf(rows, widths, look) : rows.flatMap((row) => foldedLines(row, look))),
      '',
    ]),
  ]
}

const widthsOf = (rows: readonly Row[]): number[] =>
  fields.map((field) => Math.max(widthOf(headings[field]), ...rows.map((row) => widthOf(row[field]))))

function tableOf(rows: readonly Row[], widths: readonly number[], look: Look): string[] {
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => padTo(text, widths[index] ?? 0))
      .join('  ')
      .trimEnd()
  return [
    `    ${look.paint.dim(line(fields.map((field) => headings[field])))}`,
    ...rows.flatMap((row) => [
      `  ${signed(row, look)} ${line(fields.map((field) => row[field]))}`,
      ...(row.because === '' ? [] : hang('      ', row.because, look.width)),
    ]),
  ]
}

function foldedLines(row: Row, look: Look): string[] {
  const figures = [
    `safe after ${row.safeAfter}`,
    `${row.failed} failed`,
    `${row.ready} ready`,
    `${row.pods} pods`,
    `${row.restarts} restarts`,
  ].join(' · ')
  const [first = '', ...rest] = hang('  ✔ ', `${row.at}: ${row.outcome}`, look.width)
  return [
    first.replace('✔', signed(row, look)),
    ...rest,
    ...hang('    ', figures, look.width),
    ...(row.because === '' ? [] : hang('    ', row.because, look.width)),
  ]
}

const signed = (row: Row, { paint }: Look): string => (row.answer === 'safe' ? paint.good : paint.bad)(signOf(row))

const coloured = (answer: 'safe' | 'unsafe', lines: readonly string[], { paint }: Look): string[] =>
  lines.map(answer === 'safe' ? paint.good : paint.bad)

function summary(rehearsal: Rehearsal, look: Look): string[] {
  const safe = isSafe(rehearsal)
  const text = `${safe ? '✔' : '✘'} ${tally(rehearsal)}${rehearsal.good.ending.answer === 'safe' ? '' : `; and with nothing wrong it is ${rehearsal.good.ending.word}`}`
  return [
    ...coloured(safe ? 'safe' : 'unsafe', hang('', text, look.width), look),
    ...advice(rehearsal).flatMap((line) => hang('  do  ', line, look.width)),
  ]
}

/** What would turn outcomes that are not safe into such that are. */
export function advice({ outcomes }: Rehearsal): string[] {
  const unfound = outcomes.filter(({ ending }) => ending.word === 'not found')
  const blind = unfound.filter(({ ending }) => ending.because === 'nothing measures requests').length
  const others = outcomes.filter(({ ending }) => ending.answer === 'unsafe' && ending.word !== 'not found').length
  return [
    ...(blind > 0
      ? [
          `say where requests are counted, and what takes a release back: deploy explain metrics, deploy explain rollback.when (${many(blind, 'outcome')})`,
        ]
      : []),
    ...(unfound.length > blind
      ? [`add a trigger, or watch longer: deploy explain rollback.when (${many(unfound.length - blind, 'outcome')})`]
      : []),
    ...(others > 0 ? [`look at each that needs a human before you approve (${many(others, 'outcome')})`] : []),
  ]
}
