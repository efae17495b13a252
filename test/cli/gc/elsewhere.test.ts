import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../../src/core/errors.ts'
import { find } from '../../../src/core/view.ts'
import type { SimCluster } from '../../../src/sim/sim.ts'
import { runIn } from '../support/deploy.ts'
import { type TwoClusters, twoClusters } from '../support/two-clusters.ts'

/** What a driver that was replaced makes late, in the cluster that is not the home of its run. */
const late = (run: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web-canary', namespace: 'web', annotations: { 'deploy/token': `${run}.1` } },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
})

const isThere = (cluster: SimCluster): boolean => find(cluster.see('web'), 'Service', 'web-canary') !== undefined

const runOf = async ({ deploy }: TwoClusters): Promise<string> => runIn(await deploy(['status', '--json']))

/** As on another machine. */
const forget = ({ cwd }: TwoClusters): Promise<void> => rm(join(cwd, '.deploy'), { recursive: true })

describe('gc on a machine that does not have the run', () => {
  it('removes what a run that is over has made in another cluster than its home', async () => {
    const world = await twoClusters()
    expect((await world.deploy(['canary', 'v2'])).exit).toBe(exitCodes.done)
    const run = await runOf(world)
    await forget(world)
    world.clusters.us.acts.apply([late(run)])
    const { exit, stdout, stderr } = await world.deploy(['gc', '--json'])
    expect(exit, stderr).toBe(exitCodes.done)
    expect(JSON.parse(stdout)).toMatchObject({
      found: [{ what: 'object', name: 'service/web-canary', place: 'us/web', run, removed: true }],
    })
    expect(isThere(world.clusters.us)).toBe(false)
  })

  it('leaves that of an open run alone, also where a label in another cluster says that it is over', async () => {
    const world = await twoClusters()
    const paused = await world.deploy(['canary', 'v2', '--set', 'weights=[50, pause]', '--exit-on-pause'])
    expect(paused.exit, paused.stderr).toBe(exitCodes.paused)
    const run = await runOf(world)
    const segments = [...world.clusters.eu.see('web').objects.values()].filter(
      ({ metadata }) => metadata.labels?.['deploy/run'] === run,
    )
    world.clusters.us.acts.apply(
      segments.map(({ metadata: { name, labels, annotations }, ...rest }) => ({
        ...rest,
        metadata: { name, namespace: 'web', annotations, labels: { ...labels, 'deploy/closed': 'true' } },
      })),
    )
    await forget(world)
    // With its home away nobody says that it is open, but for its Lease.
    const back = world.away('eu')
    const { exit, stdout, stderr } = await world.deploy(['gc', '--json'])
    back()
    expect(exit, stderr).toBe(exitCodes.done)
    expect(stderr).toContain('not looked at: eu: ')
    expect(JSON.parse(stdout)).toMatchObject({ found: [] })
    expect(isThere(world.clusters.us)).toBe(true)
  })
})
