import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { readLease } from '../../src/core/lease/read.ts'
import type { SimCluster } from '../../src/sim/sim.ts'
import { flat, runIn } from './support/deploy.ts'
import { backends } from './support/route.ts'
import { type TwoClusters, twoClusters } from './support/two-clusters.ts'

const halfWay = ['canary', 'v2', '--set', 'weights=[50, pause]', '--exit-on-pause']

/** A release that stands at half of the requests in both clusters, and that nobody drives. */
async function left(): Promise<TwoClusters & { readonly run: string }> {
  const world = await twoClusters()
  const { exit, stderr } = await world.deploy(halfWay)
  expect(exit, stderr).toBe(exitCodes.paused)
  return { ...world, run: runIn(await world.deploy(['status', '--json'])) }
}

const phase = (cluster: SimCluster): string | undefined => {
  const object = cluster.see('web').objects.get('Lease/deploy-web')
  return object && readLease(object).run?.phase
}

describe('a run whose home is away', () => {
  it('is taken back in the other cluster; the run stays open, and ends once its home answers', async () => {
    const { deploy, away, clusters, run } = await left()
    expect([backends(clusters.eu).length, backends(clusters.us).length]).toEqual([2, 2])
    const back = away('eu')
    const { exit, stderr } = await deploy(['abort', '--reason', 'paged'])
    expect(exit, stderr).toBe(exitCodes.humanNeeded)
    const text = flat(stderr)
    expect(text).toMatch(new RegExp(`the home of run ${run} in eu can't be seen, .*: asking for up to`))
    expect(text).toContain(
      `web@eu can't be reached: it is not taken back now; run deploy abort ${run} again when it can`,
    )
    expect(text).toContain('web@eu was not taken back: ')
    expect(backends(clusters.us)).toEqual(['web'])
    expect([phase(clusters.us), backends(clusters.eu).length]).toEqual(['open', 2])
    back()
    const again = await deploy(['abort', run, '--reason', 'paged'])
    expect(again.exit, again.stderr).toBe(exitCodes.takenBackWithoutVerdict)
    expect([backends(clusters.eu), backends(clusters.us)]).toEqual([['web'], ['web']])
    expect([phase(clusters.eu), phase(clusters.us)]).toEqual(['closed', 'closed'])
  })

  it('goes back further by resume once it is on its way back', async () => {
    const { deploy, away, clusters, run } = await left()
    const home = away('eu')
    const other = away('us')
    expect((await deploy(['abort'])).exit).not.toBe(exitCodes.done)
    other()
    expect((await deploy(['abort'])).exit).toBe(exitCodes.humanNeeded)
    const still = await deploy(['resume', run])
    expect(still.exit, still.stderr).toBe(exitCodes.humanNeeded)
    home()
    const { exit, stderr } = await deploy(['resume', run])
    expect(exit, stderr).toBe(exitCodes.takenBackWithoutVerdict)
    expect(backends(clusters.eu)).toEqual(['web'])
  })

  it.each(['resume', 'promote', 'pause', 'retry'])(
    'is not gone on with by %s: it says why and what to do',
    async (verb) => {
      const { deploy, away, clusters, run } = await left()
      away('eu')
      const { exit, stderr } = await deploy([verb])
      expect(exit, stderr).toBe(exitCodes.refused)
      const text = flat(stderr)
      expect(text).toContain(`${verb} of run ${run}: its home in eu can't be reached`)
      expect(text).toContain(`deploy status --manual ${run}`)
      expect(backends(clusters.us).length).toBe(2)
    },
  )
})

describe('a run of which another cluster is away', () => {
  it('is taken back in its home, and there when the cluster answers', async () => {
    const { deploy, away, clusters, run } = await left()
    const back = away('us')
    const { exit, stderr } = await deploy(['abort'])
    expect(exit, stderr).toBe(exitCodes.humanNeeded)
    expect(flat(stderr)).toContain(`web@us can't be reached: it is not taken back now`)
    expect([backends(clusters.eu), backends(clusters.us).length]).toEqual([['web'], 2])
    back()
    const again = await deploy(['abort', run])
    expect(again.exit, again.stderr).toBe(exitCodes.takenBackWithoutVerdict)
    expect(backends(clusters.us)).toEqual(['web'])
  })

  it('does not go forward without it', async () => {
    const { deploy, away, clusters } = await left()
    away('us')
    const { exit, stderr } = await deploy(['promote'])
    expect(exit, stderr).not.toBe(exitCodes.done)
    expect([backends(clusters.eu).length, backends(clusters.us).length]).toEqual([2, 2])
  })

  it('is not taken back at all when none answers: that is said', async () => {
    const { deploy, away, clusters } = await left()
    away('eu')
    away('us')
    const { exit, stderr } = await deploy(['abort'])
    expect(exit, stderr).toBe(exitCodes.refused)
    expect(backends(clusters.eu).length).toBe(2)
  })
})
