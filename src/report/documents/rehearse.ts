import * as z from 'zod'
import { because, released, text, version } from './shared.ts'

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
