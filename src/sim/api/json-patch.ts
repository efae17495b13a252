import { isObject, type Json, same } from '../../core/json.ts'
import type { PatchOp } from '../../core/write.ts'
import { Refused } from './refused.ts'

/**
 * JSON Patch (RFC 6902) as the API server applies it, with the habits of its library (evanphx/json-patch v4): a `test`
 * for null passes where the member is absent, `replace` makes an absent member, and both fail below an absent parent.
 * The answer never says which operation failed.
 */
export function patched(document: Json, ops: readonly PatchOp[]): Json {
  return ops.reduce<Json>((value, op) => applied(value, tokens(op.path), op), document)
}

const tokens = (path: string): string[] => {
  if (path !== '' && !path.startsWith('/')) throw failed()
  return path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** apiserver/pkg/endpoints/handlers/patch.go: the library's own words are lost on the way. */
const failed = (): Refused =>
  new Refused(422, 'Invalid', 'the server rejected our request due to an error in our request')

function applied(value: Json, [key, ...rest]: readonly string[], op: PatchOp): Json {
  if (key === undefined) {
    if (op.op === 'remove') throw failed()
    if (op.op !== 'test') return op.value as Json
    if (!same(value, op.value)) throw failed()
    return value
  }
  if (Array.isArray(value)) return inList(value as readonly Json[], key, rest, op)
  if (!isObject(value)) throw failed()
  return inObject(value, key, rest, op)
}

function inObject(object: { readonly [key: string]: Json }, key: string, rest: readonly string[], op: PatchOp): Json {
  const present = object[key]
  if (rest.length > 0) {
    if (present === undefined) throw failed()
    const next = applied(present, rest, op)
    return next === present ? object : { ...object, [key]: next }
  }
  switch (op.op) {
    case 'test':
      if (!same(present ?? null, op.value ?? null)) throw failed()
      return object
    case 'add':
    case 'replace':
      return { ...object, [key]: op.value as Json }
    case 'remove': {
      if (present === undefined) throw failed()
      const { [key]: _, ...others } = object
      return others
    }
    default:
      return op satisfies never
  }
}

function inList(list: readonly Json[], key: string, rest: readonly string[], op: PatchOp): Json {
  const index = key === '-' && op.op === 'add' && rest.length === 0 ? list.length : Number(key)
  const isNew = op.op === 'add' && rest.length === 0
  if (!Number.isInteger(index) || index < 0 || index >= list.length + (isNew ? 1 : 0)) throw failed()
  if (rest.length > 0) return list.with(index, applied(list[index] as Json, rest, op))
  switch (op.op) {
    case 'test':
      if (!same(list[index], op.value)) throw failed()
      return list
    case 'add':
      return list.toSpliced(index, 0, op.value as Json)
    case 'replace':
      return list.with(index, op.value as Json)
    case 'remove':
      return list.toSpliced(index, 1)
    default:
      return op satisfies never
  }
}
