/** Any JSON value. In a plan `null` also stands for "absent": Kubernetes objects never hold a null. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Text with sorted keys and no spaces, so that equal values have equal text (the input of every hash). */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value ?? null)
  let members = ''
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member !== undefined) members += `${members && ','}${JSON.stringify(key)}:${canonical(member)}`
  }
  return `{${members}}`
}

/** `undefined`, which no JSON is: the text is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether two values have the same canonical text, without making it: this is asked often. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]))
  if (!isObject(a) || !isObject(b)) return (a ?? null) === (b ?? null)
  const keys = membersOf(a)
  return keys.length === membersOf(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
}

const membersOf = (object: JsonObject): string[] => Object.keys(object).filter((key) => object[key] !== undefined)

/** One reference token of a JSON Pointer (RFC 6901) as it is written in a path. */
export const token = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** The keys on the way of a JSON Pointer. */
export const keysOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))

/** The value at a JSON Pointer, `null` where there is none. */
export function at(value: unknown, path: string): Json {
  let here: unknown = value
  for (const key of keysOf(path)) {
    if (Array.isArray(here)) here = here[Number(key)]
    else if (isObject(here)) here = here[key]
    else return null
  }
  return (here ?? null) as Json
}

/** A copy of `value` with `to` at the pointer; `null` removes. Missing parents are made, as objects. */
export function withValue(value: Json, path: string, to: Json): Json {
  const [key, ...rest] = keysOf(path)
  if (key === undefined) return to
  const below = rest.map((k) => `/${token(k)}`).join('')
  if (Array.isArray(value)) {
    const items = value as readonly Json[]
    return items.map((item, index) => (String(index) === key ? withValue(item, below, to) : item))
  }
  const object = isObject(value) ? value : {}
  const { [key]: old, ...others } = object
  const next = withValue(old ?? null, below, to)
  return next === null ? others : { ...object, [key]: next }
}
