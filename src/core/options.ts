import parseDuration from 'parse-duration'
import * as z from 'zod'
import type { Millis } from './time.ts'

const durationShape = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/

/** `90s`, `5m`, `1h30m`: a unit always, never negative. Gives milliseconds. */
export const Duration = z
  .union([z.string(), z.number()])
  .transform((value, context): Millis => {
    const ms = typeof value === 'string' && durationShape.test(value) ? parseDuration(value) : null
    if (ms !== null) return ms
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(value)} is no duration: write a number with its unit, for example 90s, 5m or 1h30m`,
    })
    return z.NEVER
  })
  .meta({ type: 'string', pattern: durationShape.source, examples: ['90s', '5m', '1h30m'] })

const percentShape = /^(\d{1,3})%?$/

/** `25` or `25%`: a whole number from 1 to 100. */
export const Percent = z
  .union([z.number(), z.string()])
  .transform((value, context): number => {
    const number = typeof value === 'number' ? value : Number(percentShape.exec(value)?.[1] ?? Number.NaN)
    if (Number.isInteger(number) && number >= 1 && number <= 100) return number
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(value)} is no percentage: write a whole number from 1 to 100, for example 25 or 25%`,
    })
    return z.NEVER
  })
  .meta({ examples: [25, '25%'] })

const rising = (values: readonly (number | 'pause')[]): boolean => {
  const numbers = values.filter((value) => value !== 'pause')
  return numbers.every((value, index) => index === 0 || value > (numbers[index - 1] ?? 0))
}

/** Percentages that rise, with `pause` between them where a human decides. */
export const Weights = z
  .array(z.union([z.literal('pause'), Percent]))
  .refine((values) => values.some((value) => value !== 'pause'), 'needs at least one weight, for example [5, 25, 50]')
  .refine(rising, 'weights must rise from step to step, for example [5, 25, 50]')

/** Percentages that rise. */
export const Batches = z
  .array(Percent)
  .min(1, 'needs at least one batch, for example [25%, 50%, 100%]')
  .refine(rising, 'batches must rise from step to step, for example [25%, 50%, 100%]')
