import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import type { RaceEnd } from '../../contract/late/race.ts'
import type { RaceSpec } from '../children/race-writes.ts'
import { freshNamespace, lab } from '../fixture.ts'
import { within } from '../network.ts'

it('of a hundred takeovers none lets a write of the driver before through', async () => {
  const namespace = await freshNamespace()
  const spec: RaceSpec = { kubeconfig: lab.facts.kubeconfig, namespace: namespace.name, rounds: 13 }
  const script = join(import.meta.dirname, '../children/race-writes.ts')
  const [command, args] = within(lab.facts.netns, [process.execPath, script, JSON.stringify(spec)])
  const { stdout } = await execa(command, args, { env: { NODE_NO_WARNINGS: '1' } })
  const races = JSON.parse(stdout) as RaceEnd[]
  expect(races).toHaveLength(208)
  expect(races.filter(({ end }) => end === 'LATE')).toEqual([])
  expect(new Set(races.map(({ end }) => end))).toEqual(new Set(['before', 'refused']))
})
