import * as z from 'zod'
import { DeployError } from '../../core/errors.ts'
import { jsonIn } from '../../core/json.ts'
import { agree } from '../compared/streams.ts'
import type { NumberedLine } from './lines.ts'
import { byBound } from './sides.ts'

/** Beyond this counting by ones is not exact any more. */
const count = z.number().nonnegative().max(Number.MAX_SAFE_INTEGER)
/** Seconds: thirty years are more than any recording has. */
const time = z.number().max(1e9)
const share = z.number().gt(0).max(1)

/** By upper bound in seconds, cumulative: `0.25`, `+Inf`. */
const Buckets = z.record(
  z.string().refine((le) => le === '+Inf' || (Number(le) > 0 && Number.isFinite(Number(le))), {
    error: 'a bound is a number of seconds or +Inf',
  }),
  count,
)

const bound = z.string().refine((le) => Number(le) > 0 && Number.isFinite(Number(le)), {
  error: 'a bound is a number of seconds',
})
const phi = z.number().min(1)

const counted = { requests: count, bad: count, buckets: Buckets.optional() }
const plausible = ({ requests = 0, bad = 0 }: { requests?: number | undefined; bad?: number | undefined }): boolean =>
  bad <= requests
const more = { error: 'more bad requests than requests' }

/** A run counts its pods, too. */
const pods = { pods: count.optional(), ready: count.optional() }

const Side = z
  .strictObject({ ...counted, requests: count.optional(), bad: count.optional(), ...pods })
  .refine(plausible, more)
  .refine(({ requests, bad }) => (requests === undefined) === (bad === undefined), {
    error: 'requests and bad come together',
  })
  .nullable()

/** What stable did before the release. */
const Baseline = z
  .strictObject({
    ...counted,
    buckets: Buckets.refine((buckets) => Object.keys(buckets).length === 0 || agree(byBound(buckets)), {
      error: 'each bucket holds all of the one before it, up to +Inf',
    }).optional(),
    seconds: time.positive(),
    phi: phi.optional(),
    slowPhi: z.record(bound, phi).optional(),
    scrape: time.positive().optional(),
    v: z.literal(1).optional(),
  })
  .refine(plausible, more)

/** Of a run, which knows it only when it begins to compare; a sample is no such line. */
const BaselineLine = z.strictObject({
  baseline: Baseline,
  t: time.nonnegative().optional(),
  unit: z.string().optional(),
})

const Line = z.strictObject({
  /** Seconds since the recording began. */
  t: time.nonnegative(),
  canary: Side.optional(),
  /** The same, as a run writes it. */
  new: Side.optional(),
  stable: Side.optional(),
  unit: z.string().optional(),
  stage: z.string().nullish(),
  weight: z.number().min(0).max(1).optional(),
  down: z.string().optional(),
})

const Header = z.strictObject({
  v: z.literal(1, { error: 'a recording of version 1 begins with {"v":1,…}' }),
  /** The new version's share of requests, from 0 to 1, where the lines don't say it. */
  weight: share.optional(),
  /** Seconds. */
  poll: time.positive().optional(),
  scrape: time.positive().optional(),
  baseline: Baseline.optional(),
  /** The recording ends where a stage does. */
  end: z.literal('stage').optional(),
  /** Of a run. */
  run: z.string().optional(),
  plan: z.string().optional(),
  began: z.number().optional(),
})

export type RecordingHeader = z.infer<typeof Header>
export type RecordedLine = z.infer<typeof Line>
export type RecordedBaseline = z.infer<typeof Baseline>
export type RecordedSide = NonNullable<z.infer<typeof Side>>

export const headerOf = (name: string, line: NumberedLine): RecordingHeader => checked(Header, name, line)
export const sampleOf = (name: string, line: NumberedLine): RecordedLine => checked(Line, name, line)

/** `null`: the line is a sample. */
export const baselineIn = (name: string, line: NumberedLine): z.infer<typeof BaselineLine> | null =>
  /^\s*\{\s*"baseline"/.test(line.text) ? checked(BaselineLine, name, line) : null

function checked<T>(schema: z.ZodType<T>, name: string, { number, text }: NumberedLine): T {
  const value = jsonIn(text)
  if (value === undefined) throw badLine(name, number, 'no JSON (NaN and Infinity are none, either)')
  const read = schema.safeParse(value, { error: wording })
  if (read.success) return read.data
  const [issue] = read.error.issues
  const at = issue?.path.join('.')
  throw badLine(name, number, `${at ? `${at}: ` : ''}${issue?.message ?? 'not readable'}`)
}

/** A key that is misspelt would be no data, and nobody would know. */
const wording = (issue: z.core.$ZodRawIssue): string | undefined =>
  issue.code === 'unrecognized_keys'
    ? `unknown key ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; known here: ${Object.keys((issue.inst as z.ZodObject).shape).join(', ')}`
    : undefined

export const badLine = (name: string, number: number, what: string): DeployError =>
  new DeployError({
    code: 'bad-samples',
    what: `${name}:${number}: ${what}`,
    why: 'what a line says is not guessed, and a verdict on the rest would be one on other data',
    remedy: 'mend or remove the line, or record again',
  })
