import { span } from '../../core/time.ts'
import { isSafe, type Outcome, type Place, type Rehearsal } from '../../rehearse/rehearsal.ts'
import { unitsOf } from '../../core/plan.ts'
import { about, planEstimate } from '../estimate.ts'
import { type Html, html } from '../page/html.ts'
import { assetOf, pageOf } from '../page/skeleton.ts'
import {
  briefly,
  columns,
  count,
  type Group,
  groupsOf,
  headings,
  legend,
  outcomeWords,
  reasonOf,
  type Row,
  signOf,
  tally,
} from './rows.ts'
import { style } from './style.ts'
import { advice } from './text.ts'
import { timelineOf } from './timeline.ts'

/** A rehearsal as one HTML file to attach to a change request: no network, no script, every text escaped. */
export function rehearsalPage(rehearsal: Rehearsal): string {
  const { strategy, service, from, version, environment } = rehearsal.plan.release
  const what = `${strategy} ${service} ${from} → ${version}`
  return pageOf({
    title: `Rehearsal: ${what}, ${environment}`,
    kicker: `Rehearsal · ${environment}`,
    styles: [assetOf(style)],
    header: html`<h1>${what}</h1>
${verdict(rehearsal)}
${facts(rehearsal)}`,
    main: html`${listOf('What was assumed', rehearsal.assumed)}
${listOf('What the simulation does not model, of what this plan touches', rehearsal.notModelled)}
${good(rehearsal)}
${overview(rehearsal)}
<section><h2>Each outcome</h2>
<p class="hint">${legend}. Stages in which a fault comes to the same are one row.</p>
${groupsOf(rehearsal).map(groupOf)}
</section>`,
  })
}

function verdict(rehearsal: Rehearsal): Html {
  const safe = isSafe(rehearsal)
  const does = advice(rehearsal)
  return html`<p class="${safe ? 'good' : 'bad'}"><strong>${safe ? '✔ safe' : '✘ not safe'}: ${tally(rehearsal)}</strong></p>
${does.length === 0 ? null : html`<ul>${does.map((text) => html`<li>${text}</li>`)}</ul>`}`
}

function facts({ plan, hash, seed }: Rehearsal): Html {
  const clusters = [...new Set(unitsOf(plan).map(({ cluster }) => cluster))]
  const rows: readonly (readonly [string, string])[] = [
    ['image', plan.release.image],
    ['clusters', clusters.join(', ')],
    ['takes', `${about(planEstimate(plan))} by the plan`],
    ['plan', `sha256 ${hash}`],
    ['seed', `${seed}: the same plan, world and seed give this page again`],
  ]
  return html`<dl>${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd class="${name === 'plan' || name === 'image' ? 'hash' : 'text'}">${text}</dd></div>`)}</dl>`
}

const listOf = (heading: string, texts: readonly string[]): Html | null =>
  texts.length === 0
    ? null
    : html`<section><h2>${heading}</h2><ul>${texts.map((text) => html`<li>${text}</li>`)}</ul></section>`

function good({ good: run }: Rehearsal): Html {
  const reason = reasonOf(run.ending)
  return html`<section><h2>With nothing wrong</h2>
<p class="${run.ending.answer === 'safe' ? 'good' : 'bad'}"><strong>${signOf(run.ending)} ${outcomeWords[run.ending.word]} in ${span(run.took)}</strong>${reason === '' ? null : html`: ${reason}`}</p>
<p>Most pods ${run.peakPods} · fewest ready ${run.lowestReady} of ${run.wanted} · ${count(run.failed)} of ${count(run.requests)} requests failed</p>
${run.units.map((unit) => html`${run.units.length > 1 ? html`<h3>${unit.unit}</h3>` : null}${timelineOf(unit, run)}`)}
</section>`
}

/** Faults against stages: what becomes of each in a word. */
function overview({ faults, outcomes }: Rehearsal): Html | null {
  if (outcomes.length === 0) return null
  const places = placesOf(outcomes)
  return html`<section><h2>What could go wrong</h2>
<p class="hint">A fault in each row, the stage at which it begins in each column. ✔ the old version or the new one serves and is well · ‖ paused, and said · ✘ somebody has to do something · – does not fit there.</p>
<div class="wide"><table class="overview"><caption class="unseen">Faults and stages</caption>
<thead><tr><th>fault</th>${places.map(({ title }) => html`<th>${unbroken(title)}</th>`)}</tr></thead>
<tbody>${faults.map(
    ({ name, says }) =>
      html`<tr><th scope="row" title="${says}">${name}</th>${places.map((place) => cellOf(outcomes.find(({ fault, stage }) => fault === name && isSame(stage, place))))}</tr>`,
  )}</tbody></table></div></section>`
}

const isSame = (a: Place, b: Place): boolean => a.wave === b.wave && a.id === b.id

const placesOf = (outcomes: readonly Outcome[]): Place[] => {
  const places: Place[] = []
  // The fault that fits everywhere has them all, in their order; else as they come.
  const counted = Map.groupBy(outcomes, ({ fault }) => fault)
  const widest = [...counted.values()].sort((a, b) => b.length - a.length)[0] ?? []
  for (const { stage } of [...widest, ...outcomes])
    if (!places.some((place) => isSame(place, stage))) places.push(stage)
  return places
}

const briefWords: Partial<Record<Outcome['ending']['word'], string>> = {
  'taken back': 'back',
  'within limits': 'in limits',
  'human needed': 'human',
}

/** A number stays with its unit. */
const unbroken = (text: string): string => text.replaceAll(' %', '\u00a0%')

function cellOf(outcome: Outcome | undefined): Html {
  if (!outcome) return html`<td class="none">–</td>`
  const { ending, safeAfter } = outcome
  const kind = ending.answer === 'unsafe' ? 'bad' : ending.word === 'paused' ? 'note' : 'good'
  const word = briefWords[ending.word] ?? ending.word
  return html`<td class="${kind}">${signOf(ending)} ${word}${safeAfter === null ? null : html`<span class="after">${briefly(safeAfter)}</span>`}</td>`
}

function groupOf({ fault, says, rows }: Group): Html {
  return html`<section class="group"><h3>${says} <code>${fault}</code></h3>
<table class="outcomes"><caption class="unseen">${says}</caption>
<thead><tr>${columns.map((column) => html`<th class="${isNumber(column) ? 'number' : 'text'}">${headings[column]}</th>`)}</tr></thead>
<tbody>${rows.map(rowOf)}</tbody></table></section>`
}

const isNumber = (column: (typeof columns)[number]): boolean => column !== 'at' && column !== 'outcome'

function rowOf(row: Row): Html {
  const kind = row.answer === 'unsafe' ? 'bad' : row.word === 'paused' ? 'note' : 'good'
  const figures = columns.filter(isNumber)
  return html`<tr><th scope="row" class="full">${unbroken(row.at)}</th><td class="full"><span class="${kind}">${signOf(row)} ${row.outcome}</span>${row.because === '' ? null : html`<span class="why">${row.because}</span>`}</td>${figures.map((column) => html`<td class="number" data-label="${headings[column]}">${row[column]}</td>`)}</tr>`
}
