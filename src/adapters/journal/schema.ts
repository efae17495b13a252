import * as z from 'zod'
import { type Entry, type Fact, outcomes, pauseCauses, turnCauses } from '../../core/journal.ts'
import type { Json } from '../../core/json.ts'
import { isRunId } from '../../core/run-id.ts'

const text = z.string()
const texts = z.array(text).readonly()
const count = z.int().nonnegative()
const way = z.enum(['forward', 'back'])
/** It came out of JSON.parse, so it is one, if it is there. */
const json = z.custom<Json>((value) => value !== undefined)

const stamp = { seq: z.int().positive(), at: z.number(), epoch: z.int().positive(), prev: z.hash('sha256') }
const ofStep = { unit: text, step: text, way }

/**
 * What a journal may hold, one line for each type of `Fact`. A field that is not listed is let through: a newer patch
 * version may have added it.
 */
const facts = {
  opened: {
    run: text.refine(isRunId, 'it is not the id of a run'),
    plan: text,
    by: text,
    host: text,
    reason: text.exactOptional(),
  },
  attached: { by: text, host: text, pid: count },
  asked: {
    verb: z.enum(['pause', 'resume', 'promote', 'abort', 'retry']),
    stage: text.exactOptional(),
    units: texts.exactOptional(),
    past: text.exactOptional(),
    full: z.boolean().exactOptional(),
    id: text.exactOptional(),
    by: text,
    reason: text.exactOptional(),
  },
  intended: { ...ofStep, body: text },
  sent: {
    ...ofStep,
    receipt: z.object({
      uid: text.exactOptional(),
      resourceVersion: text.exactOptional(),
      generation: count.exactOptional(),
      exitCode: z.int().exactOptional(),
    }),
  },
  refused: { ...ofStep, code: text, because: text, retry: z.boolean() },
  settled: ofStep,
  judged: {
    unit: text,
    stage: text,
    answer: z.enum(['pass', 'fail', 'pending', 'inconclusive']),
    because: text,
    evidence: texts.exactOptional(),
  },
  drifted: {
    unit: text,
    object: text,
    path: text,
    was: json,
    now: json,
    who: text,
    action: z.enum(['reassert', 'pause']),
  },
  turned: {
    units: texts,
    to: z.enum(['back', 'frozen']),
    why: text,
    cause: z.enum(turnCauses),
    past: text.exactOptional(),
  },
  paused: {
    units: texts,
    why: text,
    cause: z.enum(pauseCauses),
  },
  resumed: { units: texts, by: text },
  warned: { unit: text, because: text },
  provider: { unit: text, up: z.boolean(), since: z.number(), because: text },
  ended: {
    unit: text,
    outcome: z.enum(outcomes),
    because: text,
  },
  closed: { exit: z.int(), outcome: text },
} satisfies Record<Fact['type'], z.ZodRawShape>

type OutputOf<S> = S extends z.ZodRawShape ? z.output<z.ZodObject<S>> : never
type Read = {
  [T in Fact['type']]: OutputOf<(typeof facts)[T]> & OutputOf<typeof stamp> & { readonly type: T }
}[Fact['type']]

/** The compiler stops here when this file and `core/journal.ts` say different things. */
type Agree<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never
true satisfies Agree<Read, Entry>

const schemas = new Map<unknown, z.ZodType>(
  Object.entries(facts).map(([type, shape]) => [type, z.object({ ...stamp, ...shape })]),
)

export type Shape = { readonly entry: Entry } | { readonly unknownType: string } | { readonly wrong: string }

/** What a parsed line of a journal is. The entry is the value itself, for the chain hashes all that was written. */
export function shapeOf(value: unknown): Shape {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  if (typeof type !== 'string') return { wrong: 'it is not an entry' }
  const schema = schemas.get(type)
  if (schema === undefined) return { unknownType: type }
  const read = schema.safeParse(value)
  return read.success ? { entry: value as Entry } : { wrong: z.prettifyError(read.error).replaceAll('\n', ' ') }
}
