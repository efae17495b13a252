import type { Compared } from '../core/comparing.ts'
import { hashOf } from '../core/hash.ts'
import { escapeText } from '../core/text.ts'
import { second, stamp, type Millis } from '../core/time.ts'
import { answerOf } from '../judge/compared/answer.ts'
import { falseAlarm } from '../judge/compared/judge.ts'
import { enough } from '../judge/compared/terms.ts'
import { fourDigits } from './digits.ts'
import type { ComparisonResult, RunResult, UnitResult } from './documents/run.ts'
import { nextCommands } from './next-command.ts'
import { released } from './released.ts'
import { type Story, type StoryInput, storyOf } from './outcome.ts'
import { stageBegan, type Standing } from './standing.ts'

export interface ResultInput extends StoryInput {
  readonly hash: string
  readonly evidence?: string
  /** What was known of each unit last, by the process that drove it. */
  readonly comparisons?: ReadonlyMap<string, Compared>
}

/** The one document of `-o json`: what the last block says, for a program. */
export function resultJson(input: ResultInput): RunResult {
  const story = storyOf(input)
  const { plan, state, entries } = story
  const opened = entries.find((entry) => entry.type === 'opened')
  const last = entries.at(-1)
  return {
    v: 1,
    outcome: story.outcome,
    exit: story.exit,
    run: state.run === '' ? null : state.run,
    driver: story.driver === null ? null : escapeText(story.driver),
    ...released(plan, input.hash),
    started: opened ? stamp(opened.at) : null,
    ended: opened && story.exit !== null ? stamp(state.last) : null,
    seconds: opened ? seconds(state.last - opened.at) : null,
    units: story.units.map((standing) => unitJson(standing, story, input.comparisons?.get(standing.unit.id))),
    warnings: [...plan.warnings, ...entries.flatMap((entry) => (entry.type === 'warned' ? [entry.because] : []))].map(
      escapeText,
    ),
    evidence: input.evidence ?? null,
    journal: last ? { head: hashOf(last), entries: entries.length } : null,
    next: nextCommands(story).map(({ command, does }) => ({ command, does })),
  }
}

const seconds = (ms: Millis): number => Math.round(ms / second)

function unitJson({ unit, state, weight, stage }: Standing, story: Story, compared?: Compared): UnitResult {
  const why = state.paused?.why ?? state.turn?.why ?? state.ended?.because
  return {
    id: unit.id,
    cluster: unit.cluster,
    namespace: unit.namespace,
    outcome: state.ended?.outcome ?? (state.paused ? 'paused' : state.way === 'forward' ? 'open' : state.way),
    weight,
    stage: state.ended ? null : (stage?.id ?? null),
    because: why === undefined ? null : escapeText(why),
    stages: unit.stages.map((one) => {
      const verdict = state.stages.get(one.id)
      return {
        id: one.id,
        title: one.title,
        answer: verdict?.answer ?? null,
        because: verdict ? escapeText(verdict.because) : null,
        seconds: verdict ? seconds(verdict.at - stageBegan(unit, one, story.state)) : null,
      }
    }),
    evidence: evidenceOf(story, unit.id),
    comparison: compared ? comparisonJson(compared) : null,
  }
}

function comparisonJson({ judge, trail, missing }: Compared): ComparisonResult {
  const answer = answerOf(judge)
  return {
    ...answer,
    because: escapeText(answer.because),
    ratio: [...answer.ratio],
    e: fourDigits(answer.e),
    alwaysValidP: fourDigits(answer.alwaysValidP),
    enough: fourDigits(enough(judge.terms)),
    falseAlarm: falseAlarm(judge),
    trail: trail.map(fourDigits),
    missing: missing.map(escapeText),
  }
}

const evidenceOf = ({ entries }: Story, unit: string): string[] => [
  ...new Set(
    entries.flatMap((entry) =>
      entry.type === 'judged' && entry.unit === unit && entry.answer === 'fail'
        ? (entry.evidence ?? []).map(escapeText)
        : [],
    ),
  ),
]
