import { DeployError, type ExitCode } from '../../core/errors.ts'
import type { Millis } from '../../core/time.ts'
import { policies } from '../../judge/policies/policies.ts'
import type { Decided } from '../../judge/policies/windows.ts'
import { begunBefore } from '../../judge/recorded/begun.ts'
import { judgeRecording } from '../../judge/recorded/judge-recording.ts'
import { type Begun, openRecording } from '../../judge/recorded/recording.ts'
import { type Survey, surveyOf } from '../../judge/recorded/survey.ts'
import { paintFor } from '../../report/paint.ts'
import { known } from '../choice.ts'
import type { JudgeOptions } from '../commands/judge.ts'
import { formOf } from '../options.ts'
import { type Process, wishFor } from '../process.ts'
import { judgeDocument } from './document.ts'
import { exitOf, type Judgement, type Other } from './judgement.ts'
import { spanOf } from './numbers.ts'
import { plannedTerms } from './planned.ts'
import { piecesOf, sourceOf } from './source.ts'
import { termsOf } from './terms.ts'
import { judgeText } from './text.ts'

/** Shows the judge a recording, and says what it says. */
export async function judgeSamples(options: JudgeOptions, process: Process): Promise<ExitCode> {
  known('--as', options.as, Object.keys(policies))
  const soak = options.soak === undefined ? null : spanOf('--soak', options.soak)
  const source = await sourceOf(options, process)
  const { terms: planned, bounds, objectives, note } = await plannedTerms(source.folder, options.unit ?? null)
  const terms = termsOf(options, planned)
  const unit = options.unit ?? null
  const begun = await begunBefore(await openRecording(source.name, piecesOf(source), unit))
  const opened = () => openRecording(source.name, piecesOf(source), unit, begun)
  const survey = await surveyOf(await opened())
  if (survey.polls === 0) throw nothingOf(source.name, options.unit)
  const recording = { ...(await opened()), baseline: survey.baseline }
  const judged = await judgeRecording(recording, {
    terms: { ...terms, stages: survey.stages },
    bounds,
    objectives,
    soak,
    began: survey.began,
  })
  const judgement: Judgement = {
    source,
    unit,
    soak,
    judged: {
      ...judged,
      notes: [
        ...(note === null ? [] : [note]),
        // A run counts stable from before its start, and compares nothing then.
        ...(source.run === null ? begunNotes(begun) : []),
        ...judged.notes,
        ...(terms.weights.latency > 0 ? latencyNotes(survey) : []),
      ],
    },
    others: [...new Set(options.as)].map((tool) => otherOf(tool as keyof typeof policies, survey)),
  }
  show(judgement, options, process)
  return exitOf(judgement)
}

const begunNotes = ({ fresh, stable }: Begun): readonly string[] => {
  const sides = [...(fresh ? ['canary'] : []), ...(stable ? ['stable'] : [])]
  return sides.map((side) => `${side}: its first totals are more than that time can have brought, so it begins there`)
}

/** Histograms on both sides are meant to be compared. */
function latencyNotes({ hasLatency, baseline }: Survey): readonly string[] {
  if (!hasLatency || (baseline?.counts.buckets.size ?? 0) > 0) return []
  const why = baseline ? 'its baseline has no buckets' : 'the recording has no baseline'
  return [`latency: not compared, ${why} to choose bounds by`]
}

/** Its times count from the recording's beginning, as ours do. */
function otherOf(tool: keyof typeof policies, { seen, began }: Survey): Other {
  const until: Millis | undefined = seen.at(-1)?.at
  const decided: Decided =
    until === undefined
      ? { answer: 'undecided', at: null, because: 'the new version was to get no requests' }
      : policies[tool](seen, until)
  return { tool, ...decided, at: decided.at === null ? null : began + decided.at }
}

function show(judgement: Judgement, options: JudgeOptions, process: Process): void {
  const { stdout } = process.streams
  const form = formOf(options)
  if (form !== 'text') {
    stdout.write(`${JSON.stringify(judgeDocument(judgement), null, form === 'json' ? 2 : 0)}\n`)
    return
  }
  const paint = paintFor(wishFor(stdout, options.color, process))
  stdout.write(judgeText(judgement, { columns: stdout.columns ?? 100, paint }))
}

const nothingOf = (name: string, unit: string | undefined): DeployError =>
  new DeployError({
    code: 'bad-samples',
    what: unit === undefined ? `${name} has a header and no samples` : `${name} has no sample of ${unit}`,
    why: 'nothing was counted, and no data is never a pass',
    remedy: unit === undefined ? 'record for longer' : 'name a unit as the lines do: "unit":"web@us-east-1"',
  })
