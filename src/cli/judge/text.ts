import { escapeText } from '../../core/text.ts'
import { span } from '../../core/time.ts'
import { oneIn, rateText, verdictText } from '../../judge/compared/answer.ts'
import { alwaysValidP, falseAlarm, type JudgeState } from '../../judge/compared/judge.ts'
import type { JudgedStage } from '../../judge/recorded/judge-recording.ts'
import { percentText } from '../../judge/weigh.ts'
import type { Paint } from '../../report/paint.ts'
import { sparkline } from '../../report/sparkline.ts'
import { hang } from '../../report/width.ts'
import { thinned } from './document.ts'
import { decidedBy, type Judgement, type Other } from './judgement.ts'

interface Look {
  readonly columns: number
  readonly paint: Paint
}

/** A judgement for somebody who was woken up: what to do, why, and what it rests on. */
export function judgeText(judgement: Judgement, { columns, paint }: Look): string {
  const { judged, soak, others } = judgement
  const state = decidedBy(judgement)
  const width = Math.min(120, Math.max(40, columns))
  const row = (name: string, text: string): string[] => hang(`  ${name.padEnd(10)} `, escapeText(text), width)
  return [
    headline(state, paint),
    ...hang('', escapeText(verdictText(state)), width),
    '',
    ...row('evidence', evidenceText(judgement, state)),
    ...row('by chance', chanceText(state)),
    ...countRows(state).flatMap(([name, text]) => row(name, text)),
    ...(judged.stages.length > 1
      ? judged.stages.flatMap((stage, at) => row(at ? '' : 'stages', stageText(stage)))
      : []),
    ...others.flatMap((other) => row(other.tool, otherText(other))),
    ...[...routeNotes(judgement), ...judged.notes].flatMap((note, at) => row(at ? '' : 'note', note)),
    ...(state.verdict === null && soak === null
      ? row('next', 'the recording does not say where its stage ends: --soak 5m says how long one is')
      : []),
    '',
  ].join('\n')
}

function headline({ verdict, at }: JudgeState, { bold, good, bad, warn }: Paint): string {
  const after = span(verdict?.at ?? at)
  switch (verdict?.answer) {
    case 'rollback':
      return bad(`◀ roll back, after ${after}`)
    case 'pass':
      return good(`✔ pass, after ${after}`)
    case 'advance':
      return good(`✔ go on early, after ${after}`)
    default:
      return warn(bold(`○ not decided, after ${after}`))
  }
}

const widest = 60

function evidenceText({ judged }: Judgement, { verdict }: JudgeState): string {
  const points = thinned(judged.trail, widest)
  const last = judged.trail.at(-1)
  if (!last) return 'none'
  const highest = Math.max(...points.map(({ alarm }) => alarm))
  const of = verdict?.by === 'stage-end' ? '; the test at the end of the stage found it' : ''
  const line = sparkline(
    points.map(({ alarm }) => alarm),
    1,
  )
  const reached = highest >= 1 ? 'enough for a rollback' : `at most ${percentText(highest)} of the way to a rollback`
  return `${line}  in ${span(last.at)}, ${reached}${of}`
}

function chanceText(state: JudgeState): string {
  const p = alwaysValidP(state)
  const bound = `a good version is ever taken back in fewer than ${oneIn(falseAlarm(state))} releases`
  // At most 1 in 1 would say nothing.
  return oneIn(p) === oneIn(1)
    ? bound
    : `so much against a good version comes up in at most ${oneIn(p)} releases; ${bound}`
}

function countRows({ streams, terms }: JudgeState): (readonly [string, string])[] {
  const all = streams[0]?.all
  if (!all) return []
  const text = (requests: number, bad: number): string =>
    requests === 0
      ? 'no requests were counted'
      : `${count(requests)} requests, ${count(bad)} failed: ${rateText(bad, requests, terms.alpha)}`
  return [
    ['canary', text(all.newRequests, all.newBad)],
    ['stable', text(all.stableRequests, all.stableBad)],
  ]
}

const count = (number: number): string => Math.round(number).toLocaleString('en')

function stageText({ name, weight, from, to, state: { verdict } }: JudgedStage): string {
  const where = [name, weight === null ? null : percentText(weight)].filter((one) => one !== null).join(' at ')
  return `${where || 'a stage'}, ${span(from)} to ${span(to)}: ${verdict?.answer ?? 'not decided'}`
}

/** Of their documentation; what is not said here is its default. */
const rules: Readonly<Record<Other['tool'], string>> = {
  flagger: 'each minute success >= 99 %, 5 failed checks',
  argo: 'each minute success >= 99 %, failureLimit 3',
  kayenta: 'one look at 60 minutes, Mann-Whitney',
}

function otherText({ tool, answer, at, because }: Other): string {
  const done = { rollback: 'goes back', promote: 'goes on', undecided: 'decides nothing' }[answer]
  return `${done}${at === null ? '' : ` after ${span(at)}`}: ${because} (its rules: ${rules[tool]})`
}

const routeNotes = ({ judged: { route } }: Judgement): string[] => {
  if (route === null) return []
  const what = route === 'too-many' ? 'more than twice' : 'less than half'
  return [`the canary gets ${what} the requests that its weight says: they go elsewhere than they are sent`]
}
