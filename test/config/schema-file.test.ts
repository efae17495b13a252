import { expect, it } from 'vitest'
import { configJsonSchema } from '../../src/config/json-schema.ts'
import { strategies } from '../../strategies/index.ts'

it('the schema that editors read is the one that deploy.yaml is checked with', async () => {
  const text = `${JSON.stringify(configJsonSchema(strategies), null, 2)}\n`

  await expect(text).toMatchFileSnapshot('../../src/config/deploy.schema.json')
})
