import type * as z from 'zod'
import type { Millis } from '../core/time.ts'
import { same } from '../core/json.ts'

const units: readonly (readonly [string, Millis])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/** A span as one would write it: `1h30m`, `0s`. */
export function durationText(span: Millis): string {
  let left = span
  const parts = units.map(([unit, size]) => {
    const count = Math.floor(left / size)
    left -= count * size
    return count === 0 ? '' : `${count}${unit}`
  })
  return parts.join('') || '0s'
}

/** The input that a schema turns into this value: `5m` for 300000 where a duration is meant, `25%` for 25. */
export function asWritten(schema: z.ZodType, value: unknown): unknown {
  const gives = (input: unknown): boolean => {
    const result = schema.safeParse(input)
    return result.success && same(result.data, value)
  }
  const percents = Array.isArray(value) ? value.map((item) => (typeof item === 'number' ? `${item}%` : item)) : value
  const spelled = typeof value === 'number' ? durationText(value) : percents
  return !gives(value) && gives(spelled) ? spelled : value
}

/** A small value as it is written on one line of YAML. */
export function inYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inYaml).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([key, item]) => `${key}: ${inYaml(item)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}
