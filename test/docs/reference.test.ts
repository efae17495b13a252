import { expect, it } from 'vitest'
import { reference } from './reference.ts'

it('src/config/REFERENCE.md is what the schema says (npm run docs writes it)', async () => {
  await expect(reference()).toMatchFileSnapshot('../../src/config/REFERENCE.md')
})
