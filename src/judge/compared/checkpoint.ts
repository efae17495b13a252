import * as z from 'zod'
import { jsonIn } from '../../core/json.ts'
import { decidedBy, type JudgeState } from './judge.ts'
import { noRatio } from './ratio.ts'
import { Terms, Tolerance } from '../../core/terms-schema.ts'

const positive = z.number().positive()
const amount = z.number().nonnegative()
const part = z.number().min(0).max(1)

const Rate = z.strictObject({ requests: amount, bad: amount })
const Batch = z.strictObject({ newRequests: amount, newBad: amount, stableRequests: amount, stableBad: amount })
const wealthOf = (alternatives: number) =>
  z.strictObject({
    cash: part,
    invested: z.array(amount).length(alternatives),
    most: z.number().min(1),
    elapsed: amount,
  })

const Stream = z.strictObject({
  name: z.string().min(1),
  metric: z.string().min(1),
  weight: z.number().gt(0).max(1),
  bound: positive.nullable(),
  back: Tolerance,
  on: Tolerance,
  overdispersion: z.number().min(1),
  from: amount,
  seed: Rate,
})

const StreamState = z.strictObject({
  stream: Stream,
  open: Batch,
  closed: amount,
  changed: z.boolean(),
  rate: Rate,
  back: wealthOf(8),
  on: wealthOf(4).nullable(),
  stage: Batch,
  all: Batch,
  ratio: z.array(z.number().max(0)).length(noRatio.length),
})

const State = z.strictObject({
  terms: Terms,
  streams: z.array(StreamState).min(1),
  at: amount,
  stage: z.strictObject({ began: amount, soak: amount, blind: amount, early: z.boolean(), tested: z.boolean() }),
  most: z.number().min(1),
  lost: z.int().min(0),
  verdict: z
    .strictObject({
      answer: z.enum(['rollback', 'advance', 'pass', 'inconclusive']),
      by: z.enum(decidedBy),
      at: amount,
      stream: z.string(),
    })
    .nullable(),
})

const Checkpoint = z
  .strictObject({ v: z.literal(1), state: State })
  .refine(({ state }) => new Set(state.streams.map(({ stream }) => stream.name)).size === state.streams.length, {
    error: 'two streams have one name',
  })
  .refine(({ state }) => Math.abs(state.streams.reduce((sum, { stream }) => sum + stream.weight, 0) - 1) < 1e-9, {
    error: 'the weights of the streams do not add up to 1',
  })
  .refine(({ state: { at, stage, streams } }) => stage.began <= at && streams.every(({ closed }) => closed <= at), {
    error: 'something is later than the last poll',
  })

/** For a file: what is read back has the same future as what was written. */
export const checkpoint = (state: JudgeState): string => JSON.stringify({ v: 1, state })

/**
 * Reads a checkpoint again. It is input like any other: what is not one, of another version, or out of range is `lost`,
 * and why. Then evidence begins anew (`startJudge` with one more loss), and the bound holds for each time.
 */
export function restored(text: string): { readonly state: JudgeState } | { readonly lost: string } {
  const value = jsonIn(text)
  if (value === undefined) return { lost: 'it is no JSON' }
  const { success, data, error } = Checkpoint.safeParse(value)
  if (success) return { state: data.state }
  const [issue] = error.issues
  return { lost: `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'not readable'}` }
}
