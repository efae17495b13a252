import type * as z from 'zod'
import { check, usableKeys } from './issues.ts'
import { hint } from './nearest.ts'
import type { Problem } from './problem.ts'
import type { Origin } from './setting.ts'
import { strategyVariable, type Variables, variable } from './variables.ts'

/** A value for one option that was given outside of the file. */
export interface Override {
  readonly key: string
  readonly text: string
  readonly origin: Origin
  /** How a message calls it: `--set soak=5`, `DEPLOY_CANARY_SOAK=5`. */
  readonly place: string
}

export interface Told {
  /** `key=value` for any option of the strategy. */
  readonly set?: readonly string[] | undefined
  readonly weight?: string | undefined
  readonly bake?: string | undefined
}

type Shape = Readonly<Record<string, z.ZodType>>

/** What the variables of this strategy say. */
export const fromEnvironment = (name: string, keys: readonly string[], variables: Variables): Override[] =>
  keys.flatMap((key) => {
    const from = strategyVariable(name, key)
    const said = variable(variables, from)
    if (said === undefined) return []
    return [{ key, text: said, origin: { from: 'variable', name: from, said } as const, place: `${from}=${said}` }]
  })

/** What the flags say. A later `--set` of the same option beats an earlier one; `--bake` beats both. */
export function fromFlags(told: Told): Override[] {
  const set = (told.set ?? []).map((entry): Override => {
    const [key = ''] = entry.split('=', 1)
    const text = entry.slice(key.length + 1)
    return { key, text, origin: { from: 'flag', name: `--set ${key}` }, place: `--set ${entry}` }
  })
  if (told.bake === undefined) return set
  return [
    ...set,
    { key: 'bake', text: told.bake, origin: { from: 'flag', name: '--bake' }, place: `--bake ${told.bake}` },
  ]
}

export type Read = { readonly input: unknown } | { readonly problems: readonly Problem[] }

/** The value that an override stands for, checked against its option. */
export function readOverride({ key, text, place }: Override, strategy: string, shape: Shape): Read {
  const schema = shape[key]
  const said = (what: string, remedy: string): Read => ({ problems: [{ place, key: '', what, remedy }] })
  if (place === `--set ${key}`) return said('there is no = in it', 'write --set option=value')
  if (!schema) return said(`${strategy} has no option "${key}"`, hint(key, usableKeys(shape)))
  const inputs = isList(schema) ? [listed(text)] : [scalar(text), text]
  const tried = inputs.map((input) => ({ input, checked: check(schema, input) }))
  const good = tried.find(({ checked }) => 'value' in checked)
  if (good) return { input: good.input }
  // One value was given, so one thing that is wrong with it says enough.
  const wrong = tried[0] && 'complaints' in tried[0].checked ? tried[0].checked.complaints[0] : undefined
  return said(wrong?.what ?? 'not possible here', wrong?.remedy ?? 'leave it out')
}

const scalar = (text: string): unknown => {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text
}

/** `5,25,50`, with or without brackets. */
const listed = (text: string): unknown[] => {
  const inner = text.trim().replace(/^\[(.*)\]$/, '$1')
  return inner.trim() === '' ? [] : inner.split(',').map((item) => scalar(item.trim()))
}

function isList(schema: z.ZodType): boolean {
  const { type, innerType, in: input } = schema.def as { type: string; innerType?: z.ZodType; in?: z.ZodType }
  if (innerType) return isList(innerType)
  return input ? isList(input) : type === 'array'
}
