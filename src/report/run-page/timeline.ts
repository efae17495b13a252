import type { Entry } from '../../core/journal.ts'
import { type Plan, unitsOf } from '../../core/plan.ts'
import { factText, isQuiet, unitsIn } from '../facts.ts'
import { utc } from '../words.ts'
import { type Html, html } from '../page/html.ts'
import type { Mark } from './marks.ts'

/** The journal as a table; what stands in the charts has its number there. */
export function timeline(entries: readonly Entry[], plan: Plan, marks: readonly Mark[]): Html {
  const many = unitsOf(plan).length > 1
  const shown = entries.filter((entry) => !isQuiet(entry))
  return html`<div class="wide"><table class="timeline">
<thead><tr><th scope="col">#</th><th scope="col">Time (UTC)</th>${many ? html`<th scope="col">Unit</th>` : null}<th scope="col">What</th></tr></thead>
<tbody>${shown.map((entry) => {
    const mark = marks.find(({ seq }) => seq === entry.seq)
    const about = unitsIn(entry)
    return html`<tr class="${mark ? mark.kind : 'plain'}"><td>${mark ? `${mark.sign}${entry.seq}` : entry.seq}</td><td><time datetime="${utc(entry.at)}">${utc(entry.at).slice(11, 19)}</time></td>${many ? html`<td>${about.length === 0 ? 'all' : about.join(', ')}</td>` : null}<td>${factText(entry, plan)}${evidenceOf(entry)}</td></tr>`
  })}</tbody></table></div>`
}

const evidenceOf = (entry: Entry): Html | null =>
  entry.type === 'judged' && entry.evidence && entry.evidence.length > 0
    ? html`<ul class="evidence">${entry.evidence.map((text) => html`<li>${text}</li>`)}</ul>`
    : null
