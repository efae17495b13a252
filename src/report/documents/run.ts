import * as z from 'zod'
import { outcomes } from '../../core/journal.ts'
import { because, rate, released, text, version } from './shared.ts'

/** What became of a run, in one word for programs and people alike. `open`: it can't be told from here whether anybody drives it. */
export const RunOutcome = z.enum([
  'done',
  'verified',
  'taken-back',
  'human-needed',
  'paused',
  'interrupted',
  'running',
  'open',
  'unattended',
  'stopped',
])
export type RunOutcome = z.infer<typeof RunOutcome>

const answer = z.enum(['pass', 'fail', 'pending', 'inconclusive'])

const StageResult = z.strictObject({
  id: text,
  title: text,
  answer: answer.nullable(),
  because: because.nullable(),
  seconds: z.int().nullable().describe('from its first step to its verdict'),
})

export const verdict = z.enum(['rollback', 'advance', 'pass', 'inconclusive'])
export const alwaysValidP = rate.describe('chance that so much ever comes up against a good version')

export const ratio = z
  .array(z.number())
  .length(2)
  .describe("how many times stable's rate the new version's is: lowest, highest")

export const falseAlarm = rate.describe('a good version is ever taken back with this chance at most')

/** What the judge said last of a unit. */
const ComparisonResult = z.strictObject({
  verdict: verdict.describe('inconclusive: not decided, or not yet'),
  t: z.number().describe('seconds from the beginning of the comparison to the verdict, or to the last poll'),
  metric: text,
  because,
  e: z.number().describe('evidence against the new version'),
  enough: z.number().describe('so much takes it back'),
  alwaysValidP,
  ratio,
  falseAlarm,
  trail: z.array(rate).describe('how far the evidence had come after each of the last polls; 1: goes back'),
  missing: z.array(text).describe("what can't be compared, and why"),
})
export type ComparisonResult = z.infer<typeof ComparisonResult>

const UnitResult = z.strictObject({
  id: text.describe('service@cluster'),
  cluster: text,
  namespace: text,
  outcome: z.enum([...outcomes, 'paused', 'open', 'back', 'frozen']),
  weight: z.number().describe('percent of requests that the new version may have'),
  stage: text.nullable().describe('the one at work'),
  because: because.nullable(),
  stages: z.array(StageResult),
  evidence: z.array(text).describe('what a failed verdict rests on'),
  comparison: ComparisonResult.nullable().describe('null: this process has compared nothing'),
})

/** What a release, `apply`, `resume`, `promote`, `abort`, `rollback` and `status` end with under `-o json`. */
export const RunResult = z.strictObject({
  v: version,
  outcome: RunOutcome,
  exit: z.int().nullable().describe('as the process ends; null while the run is open and nobody has ended it'),
  run: text.nullable(),
  driver: text.nullable().describe('of an open run: who drives it, or did so last, where that is known'),
  ...released,
  started: z.iso.datetime().nullable(),
  ended: z.iso.datetime().nullable(),
  seconds: z.int().nullable(),
  units: z.array(UnitResult),
  warnings: z.array(text),
  evidence: text.nullable().describe('the folder of the run'),
  journal: z.strictObject({ head: text.describe('hash of the last entry'), entries: z.int() }).nullable(),
  next: z.array(z.strictObject({ command: text, does: text })),
})
export type RunResult = z.infer<typeof RunResult>
export type UnitResult = z.infer<typeof UnitResult>
