import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import type { PatchOp } from '../../core/write.ts'
import { notModelled, Refused } from '../api/refused.ts'
import { type Asked, queried } from './asked.ts'

export const contentType = ({ headers }: Asked): string =>
  (headers['content-type'] ?? 'application/json').split(';')[0] ?? ''

/** A member that should be text; anything else is none. */
export const textIn = (value: Json | undefined, otherwise = ''): string =>
  typeof value === 'string' ? value : otherwise

/** The body as JSON; absent is an empty object. */
function jsonBody(asked: Asked): Json {
  if (!/\b(json|yaml)$/.test(contentType(asked))) throw unsupported(contentType(asked))
  if (asked.body.length === 0) return {}
  try {
    return JSON.parse(asked.body.toString()) as Json
  } catch {
    if (contentType(asked).endsWith('yaml')) throw notModelled('YAML that is no JSON')
    throw new Refused(400, 'BadRequest', 'the object provided is unrecognized: it is not JSON')
  }
}

export function objectBody(asked: Asked): JsonObject {
  const body = jsonBody(asked)
  if (isObject(body)) return body
  throw new Refused(400, 'BadRequest', 'the object provided is unrecognized: it is no object')
}

export function opsBody(asked: Asked): PatchOp[] {
  const body = jsonBody(asked)
  if (!Array.isArray(body)) throw new Refused(400, 'BadRequest', 'a JSON Patch is a list of operations')
  const ops = body as readonly Json[]
  const known = ['test', 'add', 'replace', 'remove']
  const other = ops.find((op) => !isObject(op) || !known.includes(textIn(op['op'])))
  if (other !== undefined) throw notModelled(`the JSON Patch operation ${JSON.stringify(other)}`)
  return ops as unknown as PatchOp[]
}

export const unsupported = (type: string): Refused =>
  type.endsWith('protobuf')
    ? notModelled('bodies in protobuf, which kubectl create sends; kubectl apply sends JSON')
    : new Refused(415, 'UnsupportedMediaType', `the body of the request was in an unknown format: ${type}`)

/** Under which name managedFields keep a write; without one the first word of the user agent, as the server does. */
export function managerOf(asked: Asked): string {
  const [agent = 'unknown'] = (asked.headers['user-agent'] ?? '').split('/')
  return queried(asked, 'fieldManager') ?? (agent || 'unknown')
}

export const isDry = (asked: Asked, options: JsonObject = {}): boolean =>
  queried(asked, 'dryRun') === 'All' || (Array.isArray(options['dryRun']) && options['dryRun'].includes('All'))
