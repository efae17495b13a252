import { isObject, type Json, type JsonObject } from '../core/json.ts'
import { configJsonSchema } from './json-schema.ts'
import type { StrategySchema } from './strategies.ts'
import { anyOf } from './text.ts'
import { inYaml } from './written.ts'

/** One key of deploy.yaml, for people. */
export interface KeyDoc {
  /** `services.<name>.traffic.router`, `environments.<name>.clusters[].context` */
  readonly key: string
  readonly description: string
  /** `text`, `list`, `gateway-api, selector or replicas` */
  readonly takes: string
  readonly required: boolean
  /** As one would write it. */
  readonly default?: string
  readonly example?: string
  /** Known and refused: it arrives with a later version. */
  readonly later: boolean
}

/** Every key, in the order of the schema: parents before what is in them. */
export const explainKeys = (strategies: readonly StrategySchema[]): KeyDoc[] => keysIn(configJsonSchema(strategies), '')

function keysIn(schema: JsonObject, above: string): KeyDoc[] {
  const { properties, additionalProperties: others, items, required } = mapOf(schema)
  const named = isObject(properties) ? Object.entries(properties) : []
  const needed = Array.isArray(required) ? required : []
  return [
    ...named.flatMap(([name, value]) =>
      docsOf(value, `${above === '' ? '' : `${above}.`}${name}`, needed.includes(name)),
    ),
    ...(isObject(others) ? docsOf(others, `${above}.<name>`, false) : []),
    ...(isObject(items) ? keysIn(items, `${above}[]`) : []),
  ]
}

/** A map that may be written as something else, too (`judge: false`), is a map. */
function mapOf(schema: JsonObject): JsonObject {
  const { anyOf: kinds } = schema
  const maps = Array.isArray(kinds) ? kinds.filter(isObject).filter(({ properties }) => properties !== undefined) : []
  return maps.length === 1 && maps[0] ? maps[0] : schema
}

function docsOf(value: Json | undefined, key: string, required: boolean): KeyDoc[] {
  if (!isObject(value)) return []
  const below = keysIn(value, key)
  if (typeof value['description'] !== 'string') return below
  const [example] = Array.isArray(value['examples']) ? (value['examples'] as readonly Json[]) : []
  const doc: KeyDoc = {
    key,
    description: value['description'],
    takes: takes(value),
    required,
    ...(value['default'] !== undefined && { default: inYaml(value['default']) }),
    ...(example !== undefined && { example: inYaml(example) }),
    later: value['deprecated'] === true,
  }
  return [doc, ...below]
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  number: 'number',
  integer: 'whole number',
  array: 'list',
  object: 'map',
}

function takes(schema: JsonObject): string {
  const { type, enum: values, const: only, anyOf: kinds, not } = schema
  if (not !== undefined) return 'nothing yet'
  if (only !== undefined) return inYaml(only)
  if (Array.isArray(values)) return anyOf(values.map(inYaml))
  if (typeof type === 'string') return words[type] ?? type
  if (Array.isArray(kinds)) return anyOf([...new Set(kinds.filter(isObject).map(takes))])
  return 'map'
}
