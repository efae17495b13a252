import { describe, expect, it } from 'vitest'
import { sweeps } from '../storm/kills/strategies.ts'
import { sweep } from '../storm/kills/sweep.ts'

const some = Object.entries(sweeps).flatMap(([strategy, versions]) =>
  Object.entries(versions).map(([version, wish]) => [strategy, version, wish] as const),
)

describe('a driver that is killed at one of some moments, and the one that continues', () => {
  it.each(some)('end %s, %s, as an unbroken run would have, and nothing happens twice', async (_, version, wish) => {
    const { wrong, kills } = await sweep(version, wish, { every: 9 })
    expect(wrong).toEqual([])
    expect(kills).toBeGreaterThan(5)
  })
})
