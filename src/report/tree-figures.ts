import { escapeText } from '../core/text.ts'
import { span, type Millis } from '../core/time.ts'
import { percentText } from '../judge/weigh.ts'
import type { EvidenceFigure } from './evidence-figure.ts'
import { type FigureRow, isBeyond, limitText, type StageFigures, valueText } from './figures.ts'
import type { Paint } from './paint.ts'
import { sparkline } from './sparkline.ts'
import { fit, hang, padTo, widthOf } from './width.ts'

export interface FigureLook {
  readonly now: Millis
  readonly columns: number
  readonly indent: number
  /** Of the stage, in percent. */
  readonly weight?: number
  /** What the comparison with stable has come to. */
  readonly evidence?: EvidenceFigure | null
  readonly paint: Paint
}

/** Below this width a picture would only push the numbers apart. */
const narrow = 60
const [shortest, longest] = [6, 20]

/** `errors   new 0.11 %   stable 0.09 %   ▁▁▂▁▁   limit 1 %`: a line for each figure. */
export function figureLines(figures: StageFigures, look: FigureLook): string[] {
  const { columns, indent, paint, now } = look
  const gap = ' '.repeat(indent)
  if (figures.down) {
    const text = `no figures for ${span(now - figures.down.since)}: ${figures.down.why}`
    return hang(gap, escapeText(text), columns).slice(0, 2).map(paint.warn)
  }
  if (figures.requests === 0 && figures.rows.every(({ fresh }) => fresh === null))
    return [paint.dim(fit(`${gap}no request of the new pods was counted yet`, columns))]
  const rows = figures.rows.map((row) => cellsOf(row))
  const shared = figures.share === null ? [] : [shareCells(figures.share, look.weight)]
  const { evidence = null } = look
  const [weighed, none] =
    evidence && 'none' in evidence ? [[], evidence.none] : [evidence ? [evidenceCells(evidence)] : [], null]
  const all = [...rows, ...weighed, ...shared]
  const lines = columns < narrow ? all.flatMap((cells) => stacked(cells, look)) : aligned(all, look)
  return none === null ? lines : [...lines, ...hang(headOf('evidence', look), none, columns).map(paint.dim)]
}

interface Cells {
  readonly name: string
  readonly values: readonly string[]
  readonly limit: string
  readonly beyond: boolean
  readonly recent: FigureRow['recent']
  readonly top: number
}

function cellsOf(row: FigureRow): Cells {
  const known = row.recent.filter((value) => value !== null)
  return {
    name: escapeText(row.name),
    values: [
      `new ${valueText(row, row.fresh)}`,
      ...(row.stable === null ? [] : [`stable ${valueText(row, row.stable)}`]),
    ],
    limit: limitText(row),
    beyond: isBeyond(row),
    recent: row.recent,
    // A full block is the limit. Without one there is nothing to be near to: twice what was seen.
    top: row.limit?.side === 'above' ? row.limit.value : 2 * Math.max(row.stable ?? 0, ...known),
  }
}

const evidenceCells = ({ seen, enough, isEnough, trail }: Exclude<EvidenceFigure, { none: string }>): Cells => ({
  name: 'evidence',
  values: [`${seen} of ${enough}`],
  limit: `goes back at ${enough}`,
  beyond: isEnough,
  recent: trail,
  top: 1,
})

const shareCells = (share: number, weight: number | undefined): Cells => ({
  name: 'share seen',
  values: [percentText(share), ...(weight === undefined ? [] : [`weight ${weight} %`])],
  limit: '',
  beyond: false,
  recent: [],
  top: 0,
})

/** The name of a line, where the names of stages stand. */
const headOf = (name: string, { columns, indent }: Pick<FigureLook, 'columns' | 'indent'>): string =>
  columns < narrow ? `${' '.repeat(indent)}${name}  ` : padTo(fit(`     ${name}`, indent - 1), indent)

function aligned(all: readonly Cells[], look: FigureLook): string[] {
  const { columns, indent, paint } = look
  const widths = [0, 1].map((index) => Math.max(...all.map(({ values }) => widthOf(values[index] ?? ''))))
  const limits = Math.max(...all.map(({ limit }) => widthOf(limit)))
  const text = ({ values }: Cells): string => widths.map((width, index) => padTo(values[index] ?? '', width)).join('  ')
  const rest = columns - indent - widths.reduce((sum, width) => sum + width + 2, 0) - (limits > 0 ? limits + 2 : 0)
  const room = rest < shortest ? 0 : Math.min(longest, rest)
  const drawn = Math.min(room, Math.max(0, ...all.map(({ recent }) => recent.length)))
  return all.map((cells) => {
    const picture = drawn === 0 ? '' : `  ${padTo(sparkline(cells.recent.slice(-drawn), cells.top), drawn)}`
    const line = `${headOf(cells.name, look)}${text(cells)}${picture}${cells.limit === '' ? '' : `  ${cells.limit}`}`
    return coloured(fit(line.trimEnd(), columns), cells, paint)
  })
}

function stacked(cells: Cells, look: FigureLook): string[] {
  const { columns, paint } = look
  const parts = [...cells.values, ...(cells.limit === '' ? [] : [cells.limit])]
  return hang(headOf(cells.name, look), parts.join('  ').replaceAll(/(\d) %/g, '$1\u00A0%'), columns).map((line) =>
    coloured(line.replaceAll('\u00A0', ' '), cells, paint),
  )
}

const coloured = (line: string, { limit, beyond }: Cells, paint: Paint): string =>
  beyond && limit !== '' ? line.replace(limit, paint.bad(limit)) : line
