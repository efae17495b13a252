import parse from 'parse-duration'
import * as z from 'zod'
import { hour, type Millis } from './time.ts'
import { says, shown } from './shown.ts'

// A process that parses one small file never earns back what compiling the schemas costs.
z.config({ jitless: true })

/** The pieces that options are made of. Pure, so that strategies may use them. */

interface Bad {
  readonly input?: unknown
}

const longest: Millis = 365 * 24 * hour
const durationPattern = /^(?=\d)(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?(?:\d{1,6}ms)?$/

const badDuration = ({ input }: Bad): string =>
  says(
    `${shown(input)} is not a duration`,
    typeof input === 'number' || (typeof input === 'string' && /^\d+$/.test(input))
      ? `add a unit: ${input}s, ${input}m or ${input}h`
      : 'write it like 90s, 5m, 1h30m or 0s: whole numbers with d, h, m, s or ms, at most a year',
  )

const duration = (least: Millis) =>
  z
    .string({ error: badDuration })
    .regex(durationPattern, { error: badDuration })
    .transform((text, context): Millis => {
      const millis = parse(text) ?? Number.NaN
      if (millis >= least && millis <= longest) return millis
      context.issues.push({
        code: 'custom',
        input: text,
        message:
          millis < least ? says(`${shown(text)} is too short`, 'write at least 1s') : badDuration({ input: text }),
      })
      return z.NEVER
    })

/** A span with its unit, zero allowed: `5m`, `1h30m`, `0s`. Becomes milliseconds. */
export const Duration = duration(0)

/** A span of at least a second: for deadlines and timeouts. Becomes milliseconds. */
export const Timeout = duration(1000)

const badPercent = ({ input }: Bad): string =>
  says(`${shown(input)} is not a percentage from 1 to 100`, 'write a whole percentage from 1 to 100, like 25 or 25%')

const badWeight = ({ input }: Bad): string =>
  says(`${shown(input)} is not a weight`, 'write whole percentages from 1 to 100, or pause: [5, 25, pause, 50]')

const percent = (error: (bad: Bad) => string) =>
  z.union(
    [
      z.int({ error }).min(1, { error }).max(100, { error }),
      z
        .string({ error })
        .regex(/^(?:[1-9]\d?|100)%$/, { error })
        .transform((text) => Number(text.slice(0, -1))),
    ],
    { error },
  )

/** A whole percentage: `25` or `25%`. Becomes a number from 1 to 100. */
export const Percent = percent(badPercent)

export type Weight = number | 'pause'

/** Shares of traffic in rising order, in percent; `pause` waits for a human before the next one. */
export const Weights = z
  .array(z.union([percent(badWeight), z.literal('pause')], { error: badWeight }), {
    error: ({ input }) => says(`${shown(input)} is not a list of weights`, 'write a list: [5, 25, 50]'),
  })
  .superRefine((weights, context) => {
    const message = notRising(
      weights.filter((weight) => weight !== 'pause'),
      'weight',
      '[5, 25, 50]',
    )
    if (message) context.addIssue({ code: 'custom', message })
  })

const badBatch = ({ input }: Bad): string =>
  typeof input === 'number'
    ? says(`${input} has no unit: pods or percent?`, `write ${input}%; batches are percentages of the replicas`)
    : says(`${shown(input)} is not a batch`, 'write percentages that rise: [25%, 50%, 100%]')

/** How much of the workload is new after each batch: percentages that rise. Becomes numbers. */
export const Batches = z
  .array(z.string({ error: badBatch }).regex(/^(?:[1-9]\d?|100)%$/, { error: badBatch }), {
    error: ({ input }) => says(`${shown(input)} is not a list of batches`, 'write a list: [25%, 50%, 100%]'),
  })
  .transform((texts) => texts.map((text) => Number(text.slice(0, -1))))
  .superRefine((batches, context) => {
    const message = notRising(batches, 'batch', '[25%, 50%, 100%]')
    if (message) context.addIssue({ code: 'custom', message })
  })

function notRising(values: readonly number[], noun: string, example: string): string | undefined {
  if (values.length === 0) return says(`there is no ${noun}`, `write at least one, like ${example}`)
  const fall = values.findIndex((value, index) => index > 0 && value <= (values[index - 1] ?? 0))
  if (fall < 0) return undefined
  return says(
    `${values[fall]} after ${values[fall - 1]} does not rise`,
    `write them in rising order, each once, like ${example}`,
  )
}
