import { expect, it } from 'vitest'
import { createSim } from '../../src/sim/sim.ts'
import { raceTakeovers } from '../contract/late/race.ts'

it('of a hundred takeovers none lets a write of the driver before through, before or after', async () => {
  const sim = createSim()
  const cluster = sim.cluster()
  cluster.acts.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }])
  const races = await sim.runUntil(raceTakeovers(cluster, 'shop', 13))
  expect(new Set(races.map(({ kind }) => kind)).size).toBe(8)
  expect(races.length).toBe(208)
  expect(races.filter(({ end }) => end === 'LATE')).toEqual([])
  // Whoever is first is first: without any such case nothing was raced.
  expect(races.some(({ end }) => end === 'before')).toBe(true)
  expect(races.some(({ end }) => end === 'refused')).toBe(true)
})
