import { describe, expect, it } from 'vitest'
import { second } from '../../../src/core/time.ts'
import { Locked } from '../../../src/engine/leases/refused.ts'
import { worldOf } from './drivers.ts'

const other = { run: 'r2222' }

describe('two drivers at once', () => {
  it('of which exactly one gets all Leases, and the other stops at the first in name order', async () => {
    const world = worldOf(['b', 'a', 'c'])
    const results = await world.in(Promise.allSettled([world.driver('anna'), world.driver('berta', other)]))
    const won = results.find((one) => one.status === 'fulfilled')
    const lost: unknown = results.find((one) => one.status === 'rejected')?.reason
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(lost).toBeInstanceOf(Locked)
    expect(lost).toMatchObject({ place: { cluster: 'a' } })
    expect(new Set(['a', 'b', 'c'].map((name) => world.lease(name).holder)).size).toBe(1)
    await world.in(won?.value.leave() ?? Promise.resolve())
    expect(['a', 'b', 'c'].map((name) => world.lease(name).holder)).toEqual([null, null, null])
  })
})

describe('a holder', () => {
  it('that is paused for more than a TTL is taken over, and stops at its next renewal', async () => {
    const world = worldOf()
    let isStopped = false
    const first = await world.in(
      world.driver('anna', {
        clock: {
          now: world.sim.clock.now,
          sleep: async (ms, signal) => {
            await world.sim.clock.sleep(ms, signal)
            while (isStopped && !signal.aborted) await world.sim.clock.sleep(100, signal)
          },
        },
      }),
    )
    isStopped = true
    const began = world.sim.clock.now()
    const second_ = await world.in(world.driver('berta'))
    expect(world.sim.clock.now() - began).toBeGreaterThanOrEqual(30 * second)
    expect(first.held.mayBegin('web@one')).toBe(false)
    expect(second_.held.epoch).toBe(2)
    isStopped = false
    await world.sim.advance(6 * second)
    expect(first.asked()).toEqual([{ verb: 'lost', by: 'berta on berta-host (process 7) drives web@one now' }])
    await world.in(first.leave())
    expect(world.lease().holder).toBe('berta')
    await world.in(second_.leave())
  })
})
