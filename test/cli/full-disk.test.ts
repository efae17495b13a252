import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { readLease } from '../../src/core/lease/read.ts'
import type { SimCluster } from '../../src/sim/sim.ts'
import { canMount } from '../support/can-mount.ts'
import { flat } from './support/deploy.ts'
import { backends } from './support/route.ts'
import { type Simulated, simulated } from './support/simulated.ts'

/** A project whose runs are kept on a disk of their own; returns how that becomes full. */
function onSmallDisk({ cwd }: Simulated): () => void {
  const disk = join(cwd, '.deploy')
  mkdirSync(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
  onTestFinished(() => void execFileSync('umount', ['-l', disk]))
  return () => {
    try {
      for (let number = 0; ; number += 1) writeFileSync(join(disk, `big-${number}`), Buffer.alloc(4096))
    } catch {
      // That is what was wanted.
    }
  }
}

const folderOf = (cwd: string): string => {
  const runs = join(cwd, '.deploy', 'runs')
  return join(runs, readdirSync(runs)[0] ?? '')
}

const leaseIn = (cluster: SimCluster) => {
  const object = cluster.see('web').objects.get('Lease/deploy-web')
  const lease = object && readLease(object)
  return { holder: lease?.holder, phase: lease?.run?.phase }
}

const release = ['canary', 'v2', '--set', 'weights=[20, 40, 60, 80]', '--set', 'soak=5s']

/** A release that could not go on: with what was said, and how it goes on. */
async function stopped(world: Simulated, strike: () => void) {
  const { exit, stderr } = await world.deploy(release, { after: /weight 20 %: route/, does: strike })
  const run = folderOf(world.cwd).split('/').at(-1) ?? ''
  return { exit, text: flat(stderr), run }
}

describe('a release whose journal can not be written any more', () => {
  it.skipIf(!canMount)('since the disk is full needs a human, and says with which commands it goes on', async () => {
    const world = await simulated()
    const { exit, text, run } = await stopped(world, onSmallDisk(world))
    const hash = /--plan-hash ([0-9a-f]{64})/.exec(text)?.[1] ?? ''
    expect(exit, text).toBe(exitCodes.humanNeeded)
    expect(text).toContain('code disk-full, exit 4')
    expect(text).toContain(`then go on: deploy resume ${run}, or take it back: deploy abort ${run}.`)
    expect(text).toMatch(/A human is needed now: web@east at .* nobody is watching web at \d+ %$/)
    expect([leaseIn(world.cluster), backends(world.cluster).length]).toEqual([{ holder: null, phase: 'open' }, 2])
    const other = await world.elsewhere()
    const back = await other(['abort', run, '--plan-hash', hash])
    expect(back.exit, back.stderr).toBe(exitCodes.takenBackWithoutVerdict)
    expect(backends(world.cluster)).toEqual(['web'])
  })

  it('since somebody else has written it needs a human, too', async () => {
    const world = await simulated()
    const { exit, text, run } = await stopped(world, () =>
      appendFileSync(join(folderOf(world.cwd), 'journal.ndjson'), 'x'),
    )
    expect(exit, text).toBe(exitCodes.humanNeeded)
    expect(text).toContain('code journal-changed, exit 4')
    expect(text).toContain(`deploy abort ${run} --plan-hash`)
    expect(leaseIn(world.cluster)).toEqual({ holder: null, phase: 'open' })
  })
})

describe('a run that is open and can not be taken up on this machine', () => {
  it.skipIf(!canMount)('since its disk is full needs a human, who is told how another takes it back', async () => {
    const world = await simulated()
    const fill = onSmallDisk(world)
    await world.deploy(['canary', 'v2', '--set', 'weights=[50, pause]', '--exit-on-pause'])
    fill()
    const { exit, stderr } = await world.deploy(['abort', '--reason', 'paged'])
    expect(exit, stderr).toBe(exitCodes.humanNeeded)
    expect(flat(stderr)).toMatch(/deploy abort \S+ --plan-hash [0-9a-f]{64} code disk-full, exit 4/)
    expect(leaseIn(world.cluster)).toEqual({ holder: null, phase: 'paused' })
  })
})
