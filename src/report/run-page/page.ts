import { unitsOf } from '../../core/plan.ts'
import { hashOf } from '../../core/hash.ts'
import type { Samples } from '../../core/sample.ts'
import { span, stamp } from '../../core/time.ts'
import { escapeText } from '../../core/text.ts'
import { harmText } from '../harm.ts'
import { type Html, html, jsonInPage, verbatim } from '../page/html.ts'
import { type Asset, pageOf } from '../page/skeleton.ts'
import { blockRows, headlineText } from '../last-block.ts'
import { type Story, type StoryInput, storyOf } from '../outcome.ts'
import { planText } from '../plan-text.ts'
import { utc } from '../words.ts'
import { chartsOf, type UnitCharts } from './charts.ts'
import { type Mark, marksOf } from './marks.ts'
import { stageTable } from './stage-table.ts'
import { type Range, svgChart } from './svg.ts'
import { timeline } from './timeline.ts'

export interface RunPageInput extends StoryInput {
  readonly planHash: string
  readonly samples: Samples | null
  readonly assets: { readonly styles: readonly Asset[]; readonly scripts: readonly Asset[] }
}

/** A run as one HTML file that needs nothing else: no network, no script to be read, and nothing is sent anywhere. */
export function runPage(input: RunPageInput): string {
  const { plan, entries, planHash, samples, assets } = input
  const story = storyOf(input)
  const marks = marksOf(entries, plan)
  const units = samples ? unitsOf(plan).flatMap((unit) => chartsOf(unit, samples) ?? []) : []
  const range = rangeOf(story, units)
  const { service, from, version, strategy, environment } = plan.release
  const title = `${strategy} ${service} ${from} → ${version}`
  return pageOf({
    ...assets,
    title: `${title}: ${story.outcome}, run ${story.state.run}`,
    kicker: `${title} · ${environment} · run ${story.state.run} · all times in UTC`,
    header: html`<h1 class="${outcomeKind(story)}">${signOf(story)} ${headlineText(story)}</h1>
${factsOf(story, samples)}`,
    main: html`${units.map((unit) => chartSection(unit, units.length, range, marks))}
${units.length === 0 ? html`<section><h2>Charts</h2><p>Nothing was sampled in this run.</p></section>` : null}
${unread(samples)}
<section><h2>Stages</h2>${stageTable(story, samples)}</section>
<section><h2>What happened</h2>${timeline(entries, plan, marks)}</section>
<section><h2>The plan that was run</h2><pre>${verbatim(lines(planText(plan, { hash: planHash, wasRun: true, columns: 100 })))}</pre></section>
<section><h2>Proof</h2>${proof(story, planHash)}</section>`,
    end: html`\n${units.length > 0 ? html`<script type="application/json" id="data">${jsonInPage({ units, range, marks: marks.map(({ text: _, ...mark }) => mark) })}</script>` : null}
${units.length > 0 ? assets.scripts.map(({ text }) => html`<script>${verbatim(text)}</script>`) : null}`,
  })
}

const outcomeKind = ({ outcome }: Story): Mark['kind'] => {
  if (outcome === 'done' || outcome === 'verified' || outcome === 'running') return 'good'
  return outcome === 'taken-back' || outcome === 'human-needed' ? 'bad' : 'note'
}

const outcomeSigns = { good: '✔', bad: '✖', note: '‖' } as const
const signOf = (story: Story): string => outcomeSigns[outcomeKind(story)]

function factsOf(story: Story, samples: Samples | null): Html {
  const harm = samples ? harmText(story.plan, story.state, samples) : null
  // Whoever reads it may be in another place than who ran it.
  const clock = (at: number): string => utc(at).slice(11, 19)
  const rows = blockRows(story, harm === null ? {} : { harm }, clock).filter(({ label }) => label !== 'journal')
  const exit = story.exit === null ? [] : [{ label: 'exit', texts: [String(story.exit)] }]
  return html`<dl>${[...rows, ...exit].map(({ label, texts }) => html`<div><dt>${label}</dt>${texts.map((text) => html`<dd>${text}</dd>`)}</div>`)}</dl>`
}

function rangeOf({ state }: Story, units: readonly UnitCharts[]): Range {
  const times = units.flatMap((unit) => [unit.times[0] ?? 0, unit.times.at(-1) ?? 0])
  return [Math.floor(Math.min(state.opened / 1000, ...times)), Math.ceil(Math.max(state.last / 1000, ...times))]
}

function chartSection(unit: UnitCharts, all: number, range: Range, marks: readonly Mark[]): Html {
  const own = marks.filter(({ units }) => units.includes(unit.unit))
  return html`<section class="charts"><h2>${all > 1 ? unit.unit : 'Charts'}</h2>
<p class="hint">Numbers above the lines are those of the table “What happened”.</p>
${unit.charts.map(
  (
    chart,
  ) => html`<figure class="chart" data-unit="${unit.unit}" data-chart="${chart.id}"><figcaption>${chart.title}${chart.unit === '' ? '' : ` (${chart.unit})`}</figcaption>
${
  chart.empty === null
    ? [
        svgChart(chart, unit.times, range, own),
        html`<ul class="legend">${chart.lines.map((line) => html`<li>${swatch(`line ${line.side} ${line.look}`)}${line.name}</li>`)}${chart.limits.map(({ name, value }) => html`<li>${swatch('limit')}${name}${value > chart.top ? ', above this scale' : ''}</li>`)}</ul>`,
      ]
    : html`<p class="empty">${chart.empty}</p>`
}</figure>`,
)}</section>`
}

const swatch = (kind: string): Html =>
  html`<svg class="swatch" viewBox="0 0 28 8" aria-hidden="true"><path class="${kind}" d="M0 4H28"/></svg>`

const unread = (samples: Samples | null): Html | null =>
  samples && samples.unread > 0
    ? html`<p class="hint">${samples.unread} lines of samples could not be read; the charts are made from the others.</p>`
    : null

/** Each line escaped by itself: a plan's text has lines. */
const lines = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => html`${line}`.markup)
    .join('\n')

function proof({ entries, state }: Story, planHash: string): Html {
  const head = entries.at(-1)
  const opened = entries.find((entry) => entry.type === 'opened')
  const rows: readonly (readonly [string, string])[] = [
    ['plan', `sha256 ${planHash}`],
    ['journal', head ? `head ${hashOf(head)}, ${entries.length} entries, each naming the one before` : 'empty'],
    ['opened', opened ? `${utc(opened.at)} by ${opened.by} on ${opened.host}` : '–'],
    ['last entry', `${stamp(state.last)}, ${span(state.last - state.opened)} after the first`],
  ]
  return html`<dl>${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd class="hash">${escapeText(text)}</dd></div>`)}</dl>
<p class="hint">Check it: <code>deploy report verify ${state.run}</code></p>`
}
