import * as z from 'zod'
import { decidedBy } from '../../judge/compared/judge.ts'
import { alwaysValidP, falseAlarm, ratio, verdict } from './run.ts'
import { because, lasting, rate, text, version } from './shared.ts'

const into = z.number().describe('seconds since the recording began')
const counts = z.strictObject({ requests: z.number(), bad: z.number() })

/** `judge`: what a recording says. */
export const JudgeResult = z.strictObject({
  v: version,
  exit: z.int().describe('0: pass or advance; 3: rollback; 5: inconclusive'),
  samples: text.describe('the file'),
  run: text.nullable().describe('that wrote it'),
  unit: text.nullable(),
  verdict,
  t: into,
  metric: text,
  because,
  e: z.number().describe('evidence against the new version at the end of the stage that decided'),
  alwaysValidP,
  ratio,
  falseAlarm,
  canary: counts.describe('all that was counted until the verdict'),
  stable: counts,
  stages: z.array(
    z.strictObject({
      name: text.nullable(),
      weight: rate.nullable(),
      from: into,
      to: into,
      verdict,
      by: z.enum(decidedBy).nullable(),
    }),
  ),
  trail: z
    .array(z.strictObject({ t: into, e: z.number(), alarm: rate.describe('1: goes back; on a logarithmic scale') }))
    .describe('evidence over time, thinned to 500 polls, each the highest of its time'),
  route: z.enum(['too-many', 'too-few']).nullable().describe('requests went elsewhere than the weight says'),
  notes: z.array(text).describe("what was no data, and what can't be said"),
  others: z
    .array(
      z.strictObject({
        tool: z.enum(['flagger', 'argo', 'kayenta']),
        answer: z.enum(['rollback', 'promote', 'undecided']),
        t: into.nullable(),
        because,
      }),
    )
    .describe('what other tools would have done by their documented rules'),
})
export type JudgeResult = z.infer<typeof JudgeResult>

/** `judge --design` */
export const JudgeDesign = z.strictObject({
  v: version,
  rps: z.number(),
  weight: rate,
  base: rate.describe("share of stable's requests that fail"),
  worse: rate.describe('what is to be found'),
  tolerated: rate.describe('a version that fails no more than this is no reason to go back'),
  alpha: rate,
  found: lasting.describe('seconds until it is found in 80 % of releases; null: it is tolerated'),
  soak: lasting.describe('seconds that a soak should last; null: none is long enough'),
  pass: z
    .strictObject({ worse: rate, after: lasting })
    .describe('a stage can pass after so many seconds, since by then it would have found a version as bad as this'),
  halfWeight: lasting.describe('as found, at a weight of 50 %; null: the weight is that high, or never'),
  early: lasting.describe('seconds until a good version may go on, with --early'),
  given: z
    .strictObject({
      soak: z.number(),
      smallest: rate.nullable().describe('found in 80 % of releases; null: not even a broken version is'),
      enough: z.boolean(),
    })
    .nullable()
    .describe('of --soak'),
})
export type JudgeDesign = z.infer<typeof JudgeDesign>
const firings = z.array(z.strictObject({ at: z.iso.datetime(), pod: text.describe('that played the new version') }))

/** `judge --since`: gates that were tried on the past. */
export const JudgePast = z.strictObject({
  v: version,
  service: text,
  soak: z.number().describe('seconds'),
  alpha: rate,
  clusters: z.array(
    z.strictObject({
      cluster: text,
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      pods: z.int(),
      soaks: z.int().describe('tried one after the other; in each another pod plays the new version'),
      judge: firings,
      triggers: z.array(z.strictObject({ trigger: text, fired: firings })),
    }),
  ),
  untried: z.array(text).describe('triggers that counters alone say nothing of'),
})
export type JudgePast = z.infer<typeof JudgePast>
