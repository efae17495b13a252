import * as z from 'zod'
import type { JsonObject } from '../core/json.ts'
import { fileSchema } from './schema.ts'
import type { StrategySchema } from './strategies.ts'
import { asWritten } from './written.ts'

/**
 * The JSON schema (draft 7, which is what YAML plugins of editors read) of deploy.yaml. The same strategies give the
 * same schema, key by key.
 */
export const configJsonSchema = (strategies: readonly StrategySchema[]): JsonObject =>
  z.toJSONSchema(fileSchema(strategies).meta({ title: 'deploy.yaml', description: 'Configuration of deploy.' }), {
    io: 'input',
    target: 'draft-7',
    // Defaults are written as people write them (5m, where the schema has milliseconds), and examples already are;
    // zod leaves both out where a value is changed while it is read.
    override({ zodSchema, jsonSchema }) {
      const examples = z.globalRegistry.get(zodSchema)?.['examples']
      if (examples) jsonSchema.examples = examples as never
      if (zodSchema instanceof z.ZodDefault)
        jsonSchema.default = asWritten(zodSchema, zodSchema.def.defaultValue) as never
    },
  }) as unknown as JsonObject
