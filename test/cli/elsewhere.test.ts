import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { type Simulated, simulated } from './support/simulated.ts'

const halfWay = ['canary', 'v2', '--set', 'weights=[50, pause]', '--exit-on-pause']

/** A release that waits for a human, and whose machine is gone: only the cluster knows of it. */
async function leftElsewhere(): Promise<Simulated & { readonly hash: string; readonly run: string }> {
  const world = await simulated()
  const { exit, stderr } = await world.deploy(halfWay)
  expect(exit, stderr).toBe(exitCodes.paused)
  const { stdout } = await world.deploy(['status', '--json'])
  const { plan: hash, run } = JSON.parse(stdout) as { plan: string; run: string }
  await rm(join(world.cwd, '.deploy'), { recursive: true })
  return { ...world, hash, run }
}

describe('a run whose machine is gone', () => {
  it('is found from another one, by name or as the only one that is open', async () => {
    const { deploy, run } = await leftElsewhere()
    const [only, named] = [await deploy(['status', '--json']), await deploy(['status', run, '--json'])]
    expect([only.exit, JSON.parse(only.stdout)]).toEqual([exitCodes.done, JSON.parse(named.stdout)])
    expect(JSON.parse(named.stdout)).toMatchObject({ run })
  })

  it('is gone on with by the hash that was approved, and is then here, too', async () => {
    const { deploy, hash, run } = await leftElsewhere()
    const { exit, stderr } = await deploy(['promote', run, '--plan-hash', hash])
    expect(exit, stderr).toBe(exitCodes.done)
    const verified = await deploy(['report', 'verify', run])
    expect(verified.exit, verified.stderr).toBe(exitCodes.done)
  })

  it('is not gone on with when nobody vouches for its plan: the command is said', async () => {
    const { deploy, hash, run } = await leftElsewhere()
    const { exit, stderr } = await deploy(['promote'])
    expect([exit, stderr]).toEqual([exitCodes.refused, expect.stringContaining('plan-untrusted')])
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`deploy promote ${run} --plan-hash ${hash}`)
  })
})
