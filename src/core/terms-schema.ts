import * as z from 'zod'

const amount = z.number().nonnegative()

export const Tolerance = z.strictObject({ ratio: amount, margin: z.number().min(0).max(1) })

/** What a comparison is held to, as it is read back from a file. */
export const Terms = z.strictObject({
  alpha: z.number().gt(0).lt(1),
  beta: z.number().gt(0).lt(1),
  tolerance: Tolerance,
  advance: Tolerance,
  latency: z.strictObject({
    quantile: z.number().gt(0).lt(1),
    slowdown: amount,
    margin: z.number().min(0).max(1),
    warmUp: amount,
  }),
  overdispersion: z.union([z.literal('auto'), z.number().min(1)]),
  weights: z.strictObject({ errors: amount, latency: amount, other: amount }),
  early: z.boolean(),
  minSoak: amount,
  batch: z.number().positive(),
  stages: z.int().min(1),
  bets: z
    .strictObject({
      first: z.number().gt(0).lt(1),
      restart: z.number().positive(),
      cap: z.union([z.literal('auto'), z.number().min(1)]),
      anytime: z.number().gt(0).lt(1),
    })
    .exactOptional(),
})
