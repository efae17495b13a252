import * as z from 'zod'
import { hint, nearest } from './nearest.ts'
import type { Path } from './spots.ts'
import { plain, says, shown } from '../core/shown.ts'
import { anyOf, understood } from './text.ts'
import { inYaml } from './written.ts'

/** What a schema says against a value. */
interface Complaint {
  readonly path: Path
  /** Whether the key itself is wrong, or what stands under it. */
  readonly about: 'key' | 'value'
  readonly what: string
  readonly remedy: string
}

export type Checked<T> = { readonly value: T } | { readonly complaints: readonly Complaint[] }

/** Checks a value and says everything that is wrong with it, in our words. */
export function check<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  const result = schema.safeParse(value, { error: wording })
  if (result.success) return { value: result.data }
  return { complaints: result.error.issues.flatMap((issue) => complaintsOf(issue, value)) }
}

function complaintsOf(issue: z.core.$ZodIssue, value: unknown): Complaint[] {
  const { code, path, message } = issue
  if (code === 'unrecognized_keys') {
    const known = message.split(' ')
    return issue.keys.map((key) => ({
      path: [...path, key],
      about: 'key',
      what: 'unknown key',
      remedy: hint(key, known),
    }))
  }
  const said = understood(code === 'invalid_key' ? (issue.issues[0]?.message ?? message) : message)
  const about = code === 'invalid_key' || (code === 'invalid_type' && issue.expected === 'never') ? 'key' : 'value'
  const lacking = code === 'invalid_type' || code === 'invalid_value'
  const deeper = code === 'invalid_union' && message === '' ? closest(issue) : undefined
  if (deeper) return complaintsOf({ ...deeper, path: [...path, ...deeper.path] }, value)
  const remedy = said.remedy === '' ? 'mend this value' : said.remedy
  return [{ path, about, remedy, what: lacking && !isThere(value, path) ? 'missing' : said.what }]
}

/** Of the ways in which a union did not match, the one that has words of its own. */
const closest = ({ errors }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue | undefined =>
  errors.flat().find(({ code }) => code === 'custom') ?? errors.flat()[0]

/** Whether the value has something at the path; what is above it is always there. */
function isThere(value: unknown, path: Path): boolean {
  let here = value
  for (const step of path) here = (here as Readonly<Record<PropertyKey, unknown>> | null)?.[step]
  return here !== undefined
}

const forms: Readonly<Record<string, { readonly is: string; readonly remedy: string }>> = {
  object: { is: 'a map', remedy: 'write key: value pairs' },
  record: { is: 'a map', remedy: 'write key: value pairs' },
  array: { is: 'a list', remedy: 'write a list: [a, b]' },
  string: { is: 'text', remedy: 'put it in quotes' },
  boolean: { is: 'true or false', remedy: 'write true or false' },
  number: { is: 'a number', remedy: 'write a number' },
}

/** Words for what the schemas have none of their own for. For unknown keys: the known ones, for `complaintsOf`. */
function wording(issue: z.core.$ZodRawIssue): string | undefined {
  const { code, input } = issue
  if (code === 'unrecognized_keys') return usableKeys((issue.inst as z.ZodObject).shape).join(' ')
  if (code === 'invalid_type') {
    if (input === undefined) return missing(issue)
    const form = forms[issue.expected]
    return form && says(`${shown(input)} is not ${form.is}`, form.remedy)
  }
  if (code === 'invalid_value') {
    const values = issue.values.map(String)
    const near = nearest(plain(input), values)
    return says(`${shown(input)} is not possible here`, `${near ? `did you mean ${near}? ` : ''}Write ${anyOf(values)}`)
  }
  return code === 'invalid_union' ? '' : undefined
}

/** The keys of a map, without those that are refused. */
export const usableKeys = (shape: z.ZodObject['shape']): string[] =>
  Object.keys(shape).filter((key) => z.globalRegistry.get(shape[key] as z.ZodType)?.deprecated !== true)

function missing({ path, inst }: z.core.$ZodRawIssue): string {
  const key = String(path?.at(-1) ?? '')
  const [example] = (z.globalRegistry.get(inst as z.ZodType)?.['examples'] ?? []) as readonly unknown[]
  return says('missing', example === undefined ? `add ${key}` : `add ${key}: ${inYaml(example)}`)
}
