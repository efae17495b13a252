import { expect, it } from 'vitest'
import { configJsonSchema } from '../../src/config/json-schema.ts'
import { eventsJsonSchema, resultJsonSchema } from '../../src/report/json-schemas.ts'
import { strategies } from '../../strategies/index.ts'
import { cliReference } from './cli-reference.ts'
import { configReference } from './reference.ts'

const asText = (schema: object): string => `${JSON.stringify(schema, null, 2)}\n`

it.each([
  ['config/REFERENCE.md', configReference],
  ['cli/REFERENCE.md', cliReference],
  ['config/deploy.schema.json', () => asText(configJsonSchema(strategies))],
  ['report/events.schema.json', () => asText(eventsJsonSchema())],
  ['report/result.schema.json', () => asText(resultJsonSchema())],
])('src/%s is what the code says (npm run docs writes it)', async (file, made) => {
  await expect(made()).toMatchFileSnapshot(`../../src/${file}`)
})
