import * as z from 'zod'
import type { JsonObject } from '../core/json.ts'
import { documents } from './documents/index.ts'
import { DeployEvent } from './events.ts'

const schemaOf = (schema: z.ZodType): JsonObject => z.toJSONSchema(schema, { target: 'draft-7' }) as JsonObject

/** JSON schema of one line of `--events` and `-o ndjson`. */
export const eventsJsonSchema = (): JsonObject => ({
  ...schemaOf(DeployEvent),
  title: 'An event of deploy',
  description: 'One line of --events and of -o ndjson while a run is driven or watched.',
})

/** JSON schema of the one document of `-o json`: any of these, by what was asked for. */
export function resultJsonSchema(): JsonObject {
  const each = Object.entries(documents).map(([name, schema]): [string, JsonObject] => {
    const { $schema: _, ...body } = schemaOf(schema)
    return [name, body]
  })
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A document of deploy',
    description: 'What -o json ends with. An error comes in place of any other document.',
    anyOf: each.map(([name]) => ({ $ref: `#/definitions/${name}` })),
    definitions: Object.fromEntries(each),
  }
}
