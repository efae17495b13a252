import { hour, minute, second } from '../../core/time.ts'
import type { Chart, Line } from './charts.ts'
import { type Html, html } from '../page/html.ts'
import type { Mark } from './marks.ts'

/** From and to, in seconds since 1970. */
export type Range = readonly [from: number, to: number]

const size = { width: 560, height: 150, left: 44, right: 24, top: 16, bottom: 20 } as const

/** A chart as a picture: for paper, and where no script runs. */
export function svgChart(chart: Chart, times: readonly number[], range: Range, marks: readonly Mark[]): Html {
  const x = scale(range, [size.left, size.width - size.right])
  const y = scale([0, chart.top], [size.height - size.bottom, size.top])
  const right = size.width - size.right
  const across = (value: number, kind: string) => html`<path class="${kind}" d="M${size.left} ${y(value)}H${right}"/>`
  return html`<svg class="still" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${chart.title}">
${ticks(chart.top).map((value) => [across(value, 'grid'), html`<text class="tick end" x="${size.left - 6}" y="${y(value) + 4}">${String(value)}</text>`])}
${timeTicks(range).map((at) => html`<text class="tick middle" x="${x(at)}" y="${size.height - 5}">${clock(at, range)}</text>`)}
${placed(marks, x).map(({ mark, at, label }) => [html`<path class="mark ${mark.kind}" d="M${at} ${size.top}V${size.height - size.bottom}"/>`, label ? html`<text class="tick middle" x="${at}" y="${size.top - 4}">${mark.sign}${mark.seq}</text>` : null])}
${chart.limits.filter(({ value }) => value <= chart.top).map(({ value }) => across(value, 'limit'))}
${chart.lines.map((line) => html`<path class="line ${line.side} ${line.look}" d="${pathOf(line, times, x, y)}"/>`)}
</svg>`
}

type Scale = (value: number) => number

const scale =
  ([from, to]: Range, [low, high]: Range): Scale =>
  (value) =>
    Math.round((low + ((value - from) / (to - from || 1)) * (high - low)) * 10) / 10

function pathOf({ values, steps }: Line, times: readonly number[], x: Scale, y: Scale): string {
  let path = ''
  let open = false
  let before = 0
  for (const [index, value] of values.entries()) {
    const at = x(times[index] ?? 0)
    if (value !== null) {
      const to = y(value)
      if (!open) path += `M${at} ${to}`
      else path += steps ? `H${at}${to === before ? '' : `V${to}`}` : `L${at} ${to}`
      before = to
    }
    open = value !== null
  }
  return path
}

/** At most five round values from 0 up. */
function ticks(top: number): number[] {
  const rough = top / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10)
  return Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, index) => Number((index * step).toPrecision(6)))
}

const timeSteps = [1, 2, 5, 10, 15, 30]
  .map((n) => n * second)
  .concat([1, 2, 5, 10, 15, 30].map((n) => n * minute))
  .concat([1, 2, 3, 6, 12, 24].map((n) => n * hour))
  .map((ms) => ms / second)

function timeTicks([from, to]: Range): number[] {
  const step = timeSteps.find((one) => (to - from) / one <= 6) ?? 24 * 3600
  const first = Math.ceil(from / step) * step
  const count = Math.floor((to - first) / step) + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step)
}

/** Of a short run the minute says too little. */
const clock = (at: number, [from, to]: Range): string =>
  new Date(at * second).toISOString().slice(11, to - from < 600 ? 19 : 16)

interface Placed {
  readonly mark: Mark
  readonly at: number
  readonly label: boolean
}

/** Where there is no room for a number, the line alone. */
function placed(marks: readonly Mark[], x: Scale): Placed[] {
  let free = 0
  return marks.map((mark) => {
    const at = x(mark.at / second)
    const label = at >= free
    if (label) free = at + 30
    return { mark, at, label }
  })
}
