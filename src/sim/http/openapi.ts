import type { JsonObject } from '../../core/json.ts'
import { accepted, type Asked, type Reply } from './asked.ts'
import { type KindFacts, kindFacts } from './kind-facts.ts'

/**
 * As much of an OpenAPI document as `kubectl apply` looks for before it sends anything: whether the server checks unknown
 * fields by itself (`fieldValidation`). There are no schemas in it; kubectl then goes by those it was built with.
 */
export function openApi(asked: Asked): Reply | null {
  const document = version3(asked.path)
  if (document) return { json: document }
  const isOlder = asked.path.join('/') === 'openapi/v2' && accepted(asked).includes(protobuf)
  // A Protocol Buffers message with nothing in it. For a `List` kubectl looks here, and checks what it has schemas of.
  return isOlder ? { text: '', headers: { 'content-type': protobuf.replace('@', '.') } } : null
}

const protobuf = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

function version3(path: readonly string[]): JsonObject | null {
  if (path[0] !== 'openapi' || path[1] !== 'v3') return null
  const versions = new Set(kindFacts.map(placeOf))
  if (path.length === 2) {
    const paths = [...versions].map((place) => [place, { serverRelativeURL: `/openapi/v3/${place}` }] as const)
    return { paths: Object.fromEntries(paths) }
  }
  const asked = path.slice(2).join('/')
  if (!versions.has(asked)) return null
  const paths = kindFacts.filter((facts) => placeOf(facts) === asked).map(pathItem)
  return { openapi: '3.0.0', info: { title: 'simulated', version: 'v1' }, paths: Object.fromEntries(paths) }
}

const placeOf = ({ group, version }: KindFacts): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`

function pathItem(facts: KindFacts): [string, JsonObject] {
  const { group, version, kind, plural, isNamespaced } = facts
  const place = isNamespaced ? 'namespaces/{namespace}/' : ''
  const operation = {
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters: ['dryRun', 'fieldValidation'].map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
    responses: {},
  }
  return [`/${placeOf(facts)}/${place}${plural}/{name}`, { patch: operation }]
}
