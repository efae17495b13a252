import * as z from 'zod'
import { lasting, rate, text } from './shared.ts'

/** `plan`, and a plan saved by `--out`. */
export const PlanDocument = z.strictObject({
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
