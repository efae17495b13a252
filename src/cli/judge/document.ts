import { escapeText } from '../../core/text.ts'
import { second, type Millis } from '../../core/time.ts'
import { answerOf } from '../../judge/compared/answer.ts'
import { falseAlarm } from '../../judge/compared/judge.ts'
import type { JudgedStage, Trace } from '../../judge/recorded/judge-recording.ts'
import type { JudgeResult } from '../../report/documents/judge.ts'
import { decidedBy, exitOf, type Judgement } from './judgement.ts'

/** A judgement for programs. */
export function judgeDocument(judgement: Judgement): JudgeResult {
  const { source, unit, judged, others } = judgement
  const state = decidedBy(judgement)
  const { because, metric, ...answer } = answerOf(state)
  const counted = state.streams[0]?.all
  return {
    v: 1,
    exit: exitOf(judgement),
    samples: escapeText(source.name),
    run: source.run,
    unit: unit === null ? null : escapeText(unit),
    ...answer,
    ratio: [...answer.ratio],
    metric: escapeText(metric),
    because: escapeText(because),
    falseAlarm: falseAlarm(state),
    canary: { requests: counted?.newRequests ?? 0, bad: counted?.newBad ?? 0 },
    stable: { requests: counted?.stableRequests ?? 0, bad: counted?.stableBad ?? 0 },
    stages: judged.stages.map(stageOf),
    trail: thinned(judged.trail, most).map(({ at, e, alarm }) => ({ t: at / second, e, alarm })),
    route: judged.route,
    notes: judged.notes.map(escapeText),
    others: others.map(({ tool, answer: theirs, at, because: why }) => ({
      tool,
      answer: theirs,
      t: seconds(at),
      because: escapeText(why),
    })),
  }
}

const most = 500

/** At most so many, each the one with the most evidence of its time. */
export function thinned(trail: readonly Trace[], wanted: number): readonly Trace[] {
  const each = Math.max(1, trail.length / wanted)
  return Array.from({ length: Math.min(trail.length, wanted) }, (_, at) =>
    trail.slice(Math.floor(at * each), Math.floor((at + 1) * each)).reduce((a, b) => (b.alarm > a.alarm ? b : a)),
  )
}

const stageOf = ({ name, weight, from, to, state }: JudgedStage): JudgeResult['stages'][number] => ({
  name: name === null ? null : escapeText(name),
  weight,
  from: from / second,
  to: to / second,
  verdict: state.verdict?.answer ?? 'inconclusive',
  by: state.verdict?.by ?? null,
})

const seconds = (at: Millis | null): number | null => (at === null ? null : at / second)
