import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seed } from '../seed.ts'
import { objections, tell, type World, worlds } from './world.ts'

/** A file for each kind, so that they run side by side. */
export function anyOf(kind: keyof typeof worlds, count: number): void {
  describe(`worlds of ${kind}`, () => {
    it(`end with the old version or the new one healthy, or paused or frozen with the reason said, and the laws hold at every step: ${count} worlds, seed ${seed}`, () =>
      endsWell(kind, count))
  })
}

export async function endsWell(kind: keyof typeof worlds, count: number): Promise<void> {
  const world: fc.Arbitrary<World> = worlds[kind]
  await fc.assert(
    fc.asyncProperty(world, async (one) => {
      expect(objections(one, await tell(one))).toEqual([])
    }),
    { numRuns: count },
  )
}
