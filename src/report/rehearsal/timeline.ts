import { minute, second, stopwatch, type Millis } from '../../core/time.ts'
import type { GoodRun, StageRun, UnitRun } from '../../rehearse/rehearsal.ts'
import { type Html, html } from '../page/html.ts'
import { briefly } from './rows.ts'

const size = { width: 640, left: 60, right: 10, top: 8, bar: 22, gap: 10, plot: 96, bottom: 24 } as const
const height = size.top + size.bar + size.gap + size.plot + size.bottom
const floor = size.top + size.bar + size.gap + size.plot

/** A unit's run as a picture: its stages by number, the share of requests that new pods have, and pods over time. */
export function timelineOf(run: UnitRun, { took, peakPods }: GoodRun): Html {
  const end = Math.max(1, took)
  const x = (at: Millis): number => round(size.left + (Math.min(at, end) / end) * (size.width - size.left - size.right))
  const most = Math.max(1, peakPods)
  const share = (value: number): number => round(floor - value * size.plot)
  const pods = (value: number): number => round(floor - (value / most) * size.plot)
  const line = (of: (sample: UnitRun['samples'][number]) => number): string =>
    run.samples
      .map((sample, index) => `${index === 0 ? 'M' : 'H'}${x(sample.at)}${index === 0 ? ' ' : 'V'}${of(sample)}`)
      .join('') + `H${x(end)}`
  const toNew = line(({ toNew }) => share(toNew))
  return html`<figure>
<svg viewBox="0 0 ${size.width} ${height}" role="img" aria-label="${described(run)}">
${run.stages.map((stage, index) => stageBar(stage, index, x))}
<path class="grid" d="M${size.left} ${share(1)}H${size.width - size.right}M${size.left} ${share(0.5)}H${size.width - size.right}M${size.left} ${floor}H${size.width - size.right}"/>
${[0, 0.5, 1].map((value) => html`<text class="tick end" x="${size.left - 5}" y="${share(value) + 4}">${`${value * 100} %`}</text>`)}
<path class="area" d="${toNew}V${floor}H${x(0)}Z"/>
<path class="line" d="${toNew}"/>
<path class="line pods" d="${line((sample) => pods(sample.pods))}"/>
${ticks(end).map((at) => html`<text class="tick middle" x="${x(at)}" y="${height - 6}">${stopwatch(at)}</text>`)}
</svg>
<figcaption><span class="key new">━</span> share of requests that new pods get <span class="key pods">┅</span> pods, of ${most} at the most</figcaption>
</figure>
<table class="stages"><caption class="unseen">Stages of ${run.unit}</caption>
<thead><tr><th>stage</th><th class="number">begins</th><th class="number">takes</th></tr></thead>
<tbody>${run.stages.map(({ title, from, to }, index) => html`<tr><td>${`${index + 1} ${title}`}</td><td class="number">${stopwatch(from)}</td><td class="number">${briefly(to - from)}</td></tr>`)}</tbody>
</table>`
}

function stageBar({ from, to, title }: StageRun, index: number, x: (at: Millis) => number): Html {
  const width = round(Math.max(1, x(to) - x(from) - 1))
  const number = String(index + 1)
  const label = (kind: string, text: string, y: number): Html =>
    html`<text class="${`label middle ${kind}`}" x="${round(x(from) + width / 2)}" y="${y}">${text}</text>`
  return html`<rect class="${index % 2 === 0 ? 'stage' : 'stage odd'}" x="${x(from)}" y="${size.top}" width="${width}" height="${size.bar}"/>${width < 14 ? null : [label('broad', width < 8 * title.length ? number : `${number} ${title}`, size.top + 15), label('narrow', number, size.top + 18)]}`
}

const described = ({ unit, stages }: UnitRun): string =>
  `${unit}: ${stages.map(({ title, from, to }) => `${title} from ${stopwatch(from)} to ${stopwatch(to)}`).join(', ')}`

const steps = [1, 2, 5, 10, 15, 30]
  .flatMap((n) => [n * second, n * minute])
  .concat([1, 2, 4, 6, 12].map((n) => n * 60 * minute))

/** At most six, and none so near the end that it would be cut off. */
function ticks(end: Millis): Millis[] {
  const step = steps.sort((a, b) => a - b).find((one) => end / one <= 6) ?? end
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step).filter((at) => at < end * 0.97)
}

const round = (value: number): number => Math.round(value * 10) / 10
