import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolved } from '../../src/core/percent.ts'
import { isReady } from '../../src/core/view.ts'
import { type Shop, shop, web } from '../support/sim-shop.ts'

const part = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
)
const strategies = fc
  .record({ maxSurge: part, maxUnavailable: part })
  .filter(
    ({ maxSurge, maxUnavailable }) => ![maxSurge, maxUnavailable].every((value) => Number.parseFloat(`${value}`) === 0),
  )

interface Bounds {
  readonly most: number
  readonly fewestReady: number
}

/** Looks every 50 ms until the controllers rest. */
async function extremes({ sim, pods, asked }: Shop): Promise<Bounds> {
  let [most, fewestReady] = [0, Number.POSITIVE_INFINITY]
  for (let time = 0; time < 30_000; time += 50) {
    await sim.advance(50)
    most = Math.max(most, asked())
    fewestReady = Math.min(fewestReady, pods().filter(isReady).length)
  }
  return { most, fewestReady }
}

describe('a roll-out', () => {
  it('never asks for more pods than replicas + maxSurge, nor leaves fewer ready than replicas - maxUnavailable', async () => {
    const cases = fc.record({ replicas: fc.integer({ min: 1, max: 12 }), rollingUpdate: strategies, seed: fc.nat() })
    await fc.assert(
      fc.asyncProperty(cases, async ({ replicas, rollingUpdate, seed }) => {
        const world = await shop({ replicas, seed, spec: { strategy: { rollingUpdate } } })
        const surge = resolved(rollingUpdate.maxSurge, replicas, 'up')
        const down = resolved(rollingUpdate.maxUnavailable, replicas, 'down')
        world.cluster.acts.setImage(web, 'shop:2.0.0')
        const { most, fewestReady } = await extremes(world)
        expect(most).toBeLessThanOrEqual(replicas + surge)
        expect(fewestReady).toBeGreaterThanOrEqual(
          replicas - (surge === 0 && down === 0 ? 1 : Math.min(down, replicas)),
        )
        expect(world.sets()).toEqual([`2.0.0 ${replicas}/${replicas}/${replicas}`])
      }),
      { numRuns: 12 },
    )
  })

  it('of pods that never become ready takes away no more than it may', async () => {
    const cases = fc.record({ replicas: fc.integer({ min: 1, max: 12 }), rollingUpdate: strategies, seed: fc.nat() })
    await fc.assert(
      fc.asyncProperty(cases, async ({ replicas, rollingUpdate, seed }) => {
        const world = await shop({ replicas, seed, spec: { strategy: { rollingUpdate } } })
        const surge = resolved(rollingUpdate.maxSurge, replicas, 'up')
        const down = resolved(rollingUpdate.maxUnavailable, replicas, 'down')
        world.cluster.acts.setImage(web, 'shop:2.0.0-noready')
        const { fewestReady } = await extremes(world)
        expect(fewestReady).toBe(replicas - (surge === 0 && down === 0 ? 1 : Math.min(down, replicas)))
      }),
      { numRuns: 8 },
    )
  })
})
