import { describe, it } from 'vitest'
import { endsWell } from '../storm/worlds/story.ts'

describe('whatever happens to a run', () => {
  it.each(['bad weather', 'a version that fails under load', 'rivals'] as const)(
    'it ends with one version healthy, or says why it does not: some worlds of %s',
    { timeout: 120_000 },
    (kind) => endsWell(kind, 25),
  )
})
