import type { Stage } from '../../core/plan.ts'
import type { Samples } from '../../core/sample.ts'
import { span } from '../../core/time.ts'
import type { History } from '../../judge/history.ts'
import { replayed } from '../../judge/replay.ts'
import { percentText } from '../../judge/weigh.ts'
import { type FigureRow, isBeyond, type StageFigures, stageFigures, valueText } from '../figures.ts'
import type { Story } from '../outcome.ts'
import { type Standing, stageBegan } from '../standing.ts'
import { type Html, html } from '../page/html.ts'

/** Each stage with its verdict and what was measured in it: the charts in numbers. */
export function stageTable(story: Story, samples: Samples | null): Html {
  const many = story.units.length > 1
  return html`<div class="wide"><table class="stages">
<thead><tr>${many ? html`<th scope="col">Unit</th>` : null}<th scope="col">Stage</th><th scope="col">Answer</th><th scope="col">Took</th><th scope="col">Errors new / stable</th><th scope="col">Latency new / stable</th><th scope="col">Share seen</th><th scope="col">Because</th></tr></thead>
<tbody>${story.units.flatMap((standing) => {
    const history = samples ? replayed(samples, standing.unit.id) : null
    return standing.unit.stages.map((stage) => rowOf(story, standing, stage, history, many))
  })}</tbody></table></div>`
}

function rowOf(story: Story, standing: Standing, stage: Stage, history: History | null, many: boolean): Html {
  const { unit, state } = standing
  const verdict = state.stages.get(stage.id)
  const run = story.state
  const now = verdict?.at ?? state.turn?.at ?? run.last
  const figures = history ? stageFigures({ unit, stage, run, history, now }) : null
  const isLast = stage === standing.stage
  const took = verdict
    ? span(verdict.at - stageBegan(unit, stage, run))
    : isLast
      ? span(now - stageBegan(unit, stage, run))
      : '–'
  const [sign, word] = answerOf(verdict?.answer, isLast, standing)
  return html`<tr>${many ? html`<td>${unit.id}</td>` : null}<th scope="row">${stage.title}</th><td class="${sign === '✖' ? 'bad' : sign === '✔' ? 'good' : 'plain'}">${sign} ${word}</td><td>${took}</td><td>${figures ? cells(figures, (row) => row.name === 'errors') : '–'}</td><td>${figures ? cells(figures, ({ unit: of }) => of === 'ms') : '–'}</td><td>${typeof figures?.share === 'number' ? percentText(figures.share) : '–'}</td><td>${verdict?.because ?? ''}</td></tr>`
}

function answerOf(answer: string | undefined, isLast: boolean, { state }: Standing): readonly [string, string] {
  if (answer === 'pass') return ['✔', 'passed']
  if (answer === 'fail') return ['✖', 'failed']
  if (!isLast || state.ended?.outcome === 'done') return ['○', 'not reached']
  return state.way === 'forward' ? ['●', 'at work'] : ['◀', 'left']
}

/** Where nothing was counted there is no number. */
function cells({ rows, requests }: StageFigures, fits: (row: FigureRow) => boolean): Html {
  const texts = rows.filter(fits).filter(({ fresh }) => fresh !== null)
  if (requests === 0 || texts.length === 0) return html`–`
  return html`${texts.map((row, index) => html`${index > 0 ? html`<br>` : null}${row.unit === 'ms' ? `${row.name} ` : ''}${valueText(row, row.fresh)} / ${valueText(row, row.stable)}${isBeyond(row) ? ' over limit' : ''}`)}`
}
