import * as z from 'zod'
import { outcomes } from '../core/journal.ts'
import { askVerbs, phases } from '../core/lease.ts'
import { decidedBy } from '../judge/compared/judge.ts'

const text = z.string()
const version = z.literal(1).describe('version of this schema: fields are added, none changes its meaning')
const because = text.describe('one line for people')

/** Which release it is about. */
const released = {
  plan: text.describe('sha256 of the plan'),
  service: text,
  environment: text,
  strategy: text,
  from: text,
  version: text,
  image: text,
}

/** What became of a run, in one word for programs and people alike. */
export const RunOutcome = z.enum([
  'done',
  'verified',
  'taken-back',
  'human-needed',
  'paused',
  'interrupted',
  'running',
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

const rate = z.number().min(0).max(1)
const verdict = z.enum(['rollback', 'advance', 'pass', 'inconclusive'])
const alwaysValidP = rate.describe('chance that so much ever comes up against a good version')
const ratio = z
  .array(z.number())
  .length(2)
  .describe("how many times stable's rate the new version's is: lowest, highest")
const falseAlarm = rate.describe('a good version is ever taken back with this chance at most')

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

/** What every command ends with that fails before there is anything else to say. */
export const ErrorResult = z.strictObject({
  v: version,
  exit: z.int(),
  error: z.strictObject({
    code: text.describe('stable; deploy explain CODE says more'),
    what: text,
    why: text.optional(),
    remedy: text.optional(),
  }),
})
export type ErrorResult = z.infer<typeof ErrorResult>

const ListedRun = z.strictObject({
  run: text,
  service: text,
  environment: text,
  strategy: text,
  from: text,
  version: text,
  outcome: RunOutcome,
  place: text.describe('where an open run stands; else empty'),
  by: text,
  driver: text.nullable().describe('of an open run: who drives it, or did so last'),
  heard: z.iso.datetime().describe('when somebody who drives it was heard of last'),
  kept: text.describe('where its journal was read: here, or cluster/namespace'),
  opened: z.iso.datetime(),
  last: z.iso.datetime(),
  exit: z.int().nullable(),
})

/** `status --manual`: the way back for hands. */
const ManualWay = z.strictObject({
  v: version,
  run: text,
  clusters: z.array(
    z.strictObject({ name: text, uid: text, check: text.describe('a command that says STOP in another cluster') }),
  ),
  units: z.array(
    z.strictObject({
      id: text.describe('service@cluster'),
      nothing: text.nullable().describe('why there are no steps'),
      steps: z
        .array(
          z.strictObject({
            id: text,
            does: text,
            moves: z.enum(['traffic', 'services', 'pods', 'rest']),
            commands: z.array(text).describe('for bash; each may be said twice'),
            proof: z.array(text).describe('commands that show that it took effect'),
          }),
        )
        .describe('in order'),
    }),
  ),
})
export type ManualWay = z.infer<typeof ManualWay>

/** `list`: those that need somebody first. */
const RunList = z.array(ListedRun)
export type ListedRun = z.infer<typeof ListedRun>

const phase = z.enum(phases).describe('of the run')

/** `lock status`: locks of open runs first. */
const LockList = z.strictObject({
  v: version,
  locks: z.array(
    z.strictObject({
      lease: text,
      workload: text,
      cluster: text,
      namespace: text,
      run: text,
      phase,
      holder: text.nullable().describe('null: nobody drives the run'),
      renewed: text.nullable().describe('by the clock of whoever renewed it'),
      renewing: z.boolean().nullable().describe('whether it was seen to be renewed; null: nobody holds it'),
      driver: z
        .strictObject({ by: text, host: text, pid: z.int() })
        .nullable()
        .describe('who holds it, or held it last'),
      release: z
        .strictObject({
          service: text,
          environment: text,
          strategy: text,
          version: text,
          stage: text,
          since: z.iso.datetime(),
        })
        .nullable(),
      broken: z.strictObject({ by: text, host: text, reason: text, holder: text }).nullable(),
    }),
  ),
})
export type LockList = z.infer<typeof LockList>

/** `pause`, `resume`, `promote`, `abort` and `retry` of a run that another process drives. */
const AskResult = z.strictObject({
  v: version,
  run: text,
  verb: z.enum(askVerbs),
  phase,
  stage: text.nullable(),
  driver: z.strictObject({ by: text, host: text, pid: z.int() }).nullable(),
})
export type AskResult = z.infer<typeof AskResult>

/** `gc` */
const GcResult = z.strictObject({
  v: version,
  dryRun: z.boolean().describe('nothing was removed'),
  found: z.array(
    z.strictObject({
      what: z.enum(['journal', 'plan', 'job', 'object', 'folder']),
      name: text,
      place: text.describe('cluster/namespace, or here'),
      run: text,
      why: text,
      removed: z.boolean(),
      problem: text.optional(),
    }),
  ),
})
export type GcResult = z.infer<typeof GcResult>

const lasting = z.number().nullable().describe('seconds; null: never')

/** `plan`, and a plan saved by `--out`. */
const PlanDocument = z.strictObject({
  deploy: z.literal('plan'),
  hash: text.describe('sha256: what --approve takes'),
  plan: z
    .looseObject({ v: z.literal(1), tool: text.describe('minor version: no other one runs it') })
    .describe('everything that will be done; its inside may change with each minor version'),
  detection: z
    .array(
      z.strictObject({
        unit: text.describe('service@cluster'),
        rps: z.number().describe('requests in a second'),
        stages: z.array(
          z.strictObject({
            id: text,
            weight: rate,
            soak: z.number().describe('seconds'),
            needs: z
              .array(z.strictObject({ metric: text, base: rate, worse: rate, after: lasting }))
              .describe('what must be findable before the stage may pass, and after how many seconds it is'),
            smallest: rate.nullable().describe('share of failed requests that the soak finds; null: none'),
            slower: z
              .strictObject({ factor: z.number().describe('1.3: 30 % slower'), after: lasting })
              .nullable()
              .describe('slowdown that the soak finds; null: none'),
            early: z.number().nullable().describe('seconds until a good version may go on; null: after the soak'),
          }),
        ),
      }),
    )
    .optional()
    .describe('at the traffic of when it was planned, in 80 % of releases; no part of the hash, nor of --out'),
})
export type Detections = NonNullable<z.infer<typeof PlanDocument>['detection']>

const finding = z.strictObject({
  answer: z.enum(['ok', 'warn', 'fail', 'skipped']),
  place: text.optional().describe('environment/cluster or service@environment/cluster'),
  what: text,
  remedy: text.optional(),
})

/** `doctor` */
export const DoctorResult = z.strictObject({
  v: version,
  answer: finding.shape.answer.describe('the worst one'),
  checks: z.array(z.strictObject({ name: text, asks: text, findings: z.array(finding) })),
})
export type DoctorResult = z.infer<typeof DoctorResult>
export type Finding = z.infer<typeof finding>

const topic = z.strictObject({
  kind: z.enum(['word', 'key', 'error', 'exit']),
  name: text,
  means: text,
  facts: z.record(text, text).optional().describe('of a key: takes, default, example'),
  todo: z.array(text).optional().describe('in the order of trying'),
  see: z.array(text).optional(),
})

const origin = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('flag'), name: text }),
  z.strictObject({ from: z.literal('variable'), name: text, said: text }),
  z.strictObject({ from: z.literal('file'), place: text }),
  z.strictObject({ from: z.literal('only'), place: text }),
  z.strictObject({ from: z.literal('default') }),
])

/** `explain`: its topics, the names of all of them, or the configuration. */
const Explained = z.union([
  z.strictObject({ v: version, topics: z.array(topic) }),
  z.strictObject({ v: version, names: z.array(text) }),
  z.strictObject({
    v: version,
    file: text,
    settings: z.array(z.strictObject({ key: text, text, origin })),
    warnings: z.array(text),
  }),
])

/** `init`: what was found and written. */
const Initialised = z.looseObject({ v: version, file: text, deployment: text, namespace: text, image: text })

const rehearsed = {
  answer: z.enum(['safe', 'unsafe']).describe('safe: the old version is well, or the new one, or the pause was said'),
  outcome: z.enum([
    'released',
    'within limits',
    'not found',
    'taken back',
    'paused',
    'human needed',
    'wrong',
    'not modelled',
  ]),
  exitCode: z.int().nullable().describe('that deploy ended with; null: it did not end'),
  because,
  seconds: z.number().describe('until deploy ended, in simulated time'),
  failed: z.number().describe('requests that failed beyond the usual'),
  requests: z.number(),
  lowestReady: z.int().describe('of the unit that came lowest'),
  wanted: z.int().describe('pods that are asked for of that unit'),
  peakPods: z.int().describe('of the unit that had most'),
}

const since = z.number().describe('seconds since the run began')

/** `rehearse` */
export const RehearsalResult = z.strictObject({
  v: version,
  answer: z.enum(['safe', 'unsafe']).describe('unsafe where one outcome is'),
  exit: z.int(),
  ...released,
  seed: z.int().describe('the same seed, plan and world give the same rehearsal'),
  assumed: z.array(text),
  notModelled: z.array(text),
  good: z
    .strictObject({
      ...rehearsed,
      units: z.array(
        z.strictObject({
          id: text.describe('service@cluster'),
          stages: z.array(z.strictObject({ id: text, title: text, from: since, to: since })),
          samples: z
            .array(
              z.strictObject({
                at: since,
                toNew: z.number().describe('share of requests that new pods got, from 0 to 1'),
                failing: z.number().describe('share of requests that failed'),
                ready: z.int(),
                pods: z.int(),
              }),
            )
            .describe('one for each change'),
        }),
      ),
    })
    .describe('the run with nothing wrong'),
  faults: z.array(z.strictObject({ name: text, says: text })),
  outcomes: z.array(
    z.strictObject({
      fault: text,
      wave: text,
      stage: text.describe('at which the fault began'),
      ...rehearsed,
      safeAfter: z
        .number()
        .nullable()
        .describe('seconds from the fault until no request went to new pods, or until the pause; null: neither came'),
      stableRestarts: z.int().nullable().describe('old pods restarted or made again; null where they do not serve'),
    }),
  ),
})
export type RehearsalResult = z.infer<typeof RehearsalResult>

const into = z.number().describe('seconds since the recording began')
const counts = z.strictObject({ requests: z.number(), bad: z.number() })

/** `judge`: what a recording says. */
const JudgeResult = z.strictObject({
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
const JudgeDesign = z.strictObject({
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
const JudgePast = z.strictObject({
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

/** Every document that a program can get from `-o json`. */
export const documents = {
  run: RunResult,
  manual: ManualWay,
  list: RunList,
  gc: GcResult,
  lock: LockList,
  asked: AskResult,
  plan: PlanDocument,
  doctor: DoctorResult,
  explain: Explained,
  init: Initialised,
  rehearse: RehearsalResult,
  judge: JudgeResult,
  judgeDesign: JudgeDesign,
  judgePast: JudgePast,
  error: ErrorResult,
} as const
