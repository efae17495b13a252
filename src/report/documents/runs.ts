import * as z from 'zod'
import { askVerbs, phases } from '../../core/lease/lease.ts'
import { RunOutcome } from './run.ts'
import { text, version } from './shared.ts'

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
export const ManualWay = z.strictObject({
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
export const RunList = z.array(ListedRun)
export type ListedRun = z.infer<typeof ListedRun>
const phase = z.enum(phases).describe('of the run')

/** `lock status`: locks of open runs first. */
export const LockList = z.strictObject({
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
export const AskResult = z.strictObject({
  v: version,
  run: text,
  verb: z.enum(askVerbs),
  phase,
  stage: text.nullable(),
  driver: z.strictObject({ by: text, host: text, pid: z.int() }).nullable(),
})
export type AskResult = z.infer<typeof AskResult>

/** `gc` */
export const GcResult = z.strictObject({
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
