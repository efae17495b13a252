import { expect, it } from 'vitest'
import { nextPulse } from '../../src/cli/driven.ts'
import { second } from '../../src/core/time.ts'
import { worldOf } from '../engine/leases/drivers.ts'

it('a clock that is set forward meanwhile makes nobody dead who renews', async () => {
  const world = worldOf()
  await world.in(world.driver('anna'))
  const { sim } = world
  let ahead = 0
  const clock = {
    ...sim.clock,
    now: () => sim.clock.now() + ahead,
    async sleep(ms: number, signal: AbortSignal) {
      await sim.clock.sleep(ms, signal)
      ahead = 40 * second
    },
  }
  const ref = { kind: 'Lease', namespace: 'shop', name: 'deploy-web' } as const
  const { pulse } = world.lease()
  const call = { signal: new AbortController().signal }
  const live = await world.in(nextPulse({ cluster: sim.cluster('one'), ref, pulse }, 30 * second, clock, call))
  expect(live).toMatchObject({ holder: 'anna' })
})
