import { expect, it } from 'vitest'
import { strategies } from '../../strategies/index.ts'
import { lateStrategies } from '../../strategies/late.ts'

it('help knows every strategy by its name and summary, in their order, and loads the same', async () => {
  expect(Object.entries(lateStrategies.summaries)).toEqual(strategies.map(({ name, summary }) => [name, summary]))
  expect(await lateStrategies.load()).toBe(strategies)
})
