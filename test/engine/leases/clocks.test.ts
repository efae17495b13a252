import { describe, expect, it } from 'vitest'
import { minute, second, type Millis } from '../../../src/core/time.ts'
import { Locked } from '../../../src/engine/leases/refused.ts'
import type { Clock } from '../../../src/ports.ts'
import type { Sim } from '../../../src/sim/sim.ts'
import { asking, stoppable, worldOf } from './drivers.ts'

/** The clock of a machine that somebody sets: by so much, once it has been slept by it. */
function set({ clock }: Sim, by: Millis): Clock {
  let ahead = 0
  return {
    ...clock,
    now: () => clock.now() + ahead,
    async sleep(ms, signal) {
      await clock.sleep(ms, signal)
      // Not by the pause of no time before the first look.
      if (ms > 0) ahead = by
    },
  }
}

const never = new AbortController().signal

describe('a clock that is set', () => {
  it.each([40 * second, -40 * second])('by %i ms takes no Lease from a driver that lives', async (by) => {
    const world = worldOf()
    const anna = await world.in(world.driver('anna'))
    await world.sim.clock.sleep(100, never)
    const error: unknown = await world
      .in(world.driver('berta', { clock: set(world.sim, by) }))
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Locked)
    expect(anna.asked()).toEqual([])
  })

  it('forward does not make an ask unheard that was just made', async () => {
    const world = worldOf()
    await world.in(world.driver('anna'))
    const stop = new AbortController()
    const answer = asking(world, { clock: set(world.sim, 40 * second), signal: stop.signal }).catch(() => 'still asked')
    await world.sim.advance(12 * second)
    stop.abort()
    expect(await world.in(answer)).toBe('still asked')
  })

  it('back lets a driver that can’t renew begin nothing', async () => {
    const world = worldOf()
    const { held } = await world.in(world.driver('anna', { clock: set(world.sim, -minute) }))
    world.sim.cluster('one').faults.down()
    await world.sim.advance(30 * second)
    expect(held.mayBegin('web@one')).toBe(false)
  })
})

describe('a machine that slept', () => {
  it('begins nothing before it has renewed: its own count of time may have stood still', async () => {
    const world = worldOf()
    const { clock, stop } = stoppable(world.sim)
    const asleep = { ...clock, elapsed: () => 0 }
    const { held } = await world.in(world.driver('anna', { clock: asleep }))
    expect(held.mayBegin('web@one')).toBe(true)
    stop(true)
    await world.sim.advance(30 * second)
    expect(held.mayBegin('web@one')).toBe(false)
  })
})
