import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import type { Lease } from '../../src/core/lease/lease.ts'
import { readLease } from '../../src/core/lease/read.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import type { SimCluster } from '../../src/sim/sim.ts'
import { type Ended, flat } from './support/deploy.ts'
import { simulated } from './support/simulated.ts'
import { twoClusters } from './support/two-clusters.ts'

const release = ['canary', 'v2'] as const

const leaseObject = (cluster: SimCluster): KubeObject | undefined => cluster.see('web').objects.get('Lease/deploy-web')

const leaseIn = (cluster: SimCluster): Lease | null => {
  const object = leaseObject(cluster)
  return object ? readLease(object) : null
}

const runIn = (cluster: SimCluster) => leaseIn(cluster)?.run

async function until(seen: () => boolean): Promise<void> {
  for (let tries = 0; !seen(); tries += 1) {
    if (tries > 1000) throw new Error('it never came')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** As it was while its driver held it: the driver that did not come to let it go. */
function putBack(cluster: SimCluster, { metadata, ...rest }: KubeObject): void {
  const { name, namespace, labels, annotations } = metadata
  cluster.acts.apply([{ ...rest, metadata: { name, namespace, labels, annotations } }])
}

/** A release that is driven to its end: its Lease as it was while it was held, and its run. */
async function held(cluster: SimCluster, running: Promise<Ended>) {
  await until(() => runIn(cluster)?.phase === 'open')
  const lease = leaseObject(cluster)
  const id = runIn(cluster)?.run ?? ''
  const { exit, stderr } = await running
  expect(exit, stderr).toBe(exitCodes.done)
  if (!lease) throw new Error('there is no Lease')
  return { lease, id }
}

/** A release that is over, and whose driver was killed between its last entry and the release of its Lease. */
async function killedAtTheEnd() {
  const world = await simulated()
  const left = await held(world.cluster, world.deploy(release))
  putBack(world.cluster, left.lease)
  return { ...world, ...left }
}

const letGo = /the locks that its driver had left are let go: web in east/

describe('a run that is over and whose driver left its lock', () => {
  it('is said to be over by each verb, which lets the lock go; the next release gets it', async () => {
    const { deploy, cluster, id, lease: held } = await killedAtTheEnd()
    const refused = await deploy(['canary', 'v3'])
    expect([refused.exit, flat(refused.stderr)]).toEqual([
      exitCodes.locked,
      expect.stringContaining(`deploy abort ${id} takes it back`),
    ])
    const said: unknown[] = []
    for (const verb of ['resume', 'abort', 'retry']) {
      putBack(cluster, held)
      const { exit, stderr } = await deploy([verb, id])
      const lease = leaseIn(cluster)
      said.push({ exit, isOver: flat(stderr).includes(`run ${id} is over`), isLetGo: letGo.test(flat(stderr)) })
      expect(lease).toMatchObject({ holder: null, run: { run: id, phase: 'closed' } })
    }
    expect(said).toEqual([1, 2, 3].map(() => ({ exit: exitCodes.usage, isOver: true, isLetGo: true })))
    const next = await deploy(['canary', 'v3'])
    expect(next.exit, next.stderr).toBe(exitCodes.done)
  })

  it('lets a lock go that was broken before, too', async () => {
    const { deploy, cluster, id } = await killedAtTheEnd()
    expect((await deploy(['lock', 'break', id, '--reason', 'stuck'])).exit).toBe(exitCodes.done)
    expect(leaseIn(cluster)).toMatchObject({ holder: null, run: { phase: 'open' } })
    expect(flat((await deploy(['abort', id])).stderr)).toMatch(letGo)
    expect(runIn(cluster)?.phase).toBe('closed')
  })

  it('has its end in its home again before the lock goes', async () => {
    const { deploy, cluster, id } = await killedAtTheEnd()
    const segment = { kind: 'ConfigMap', namespace: 'web', name: `deploy-run-${id}-1` } as const
    for (const name of [segment.name, `deploy-run-${id}-plan`]) cluster.acts.delete({ ...segment, name })
    expect(flat((await deploy(['abort', id])).stderr)).toMatch(letGo)
    const kept = cluster.see('web').objects.get(`ConfigMap/${segment.name}`)
    expect(kept?.metadata.labels).toMatchObject({ 'deploy/run': id, 'deploy/closed': 'true' })
  })

  it('is let go from a machine that does not have the run, too, and once', async () => {
    const { elsewhere, cluster, id } = await killedAtTheEnd()
    const there = await elsewhere()
    const { exit, stderr } = await there(['abort', id])
    expect([exit, flat(stderr)]).toEqual([exitCodes.usage, expect.stringMatching(letGo)])
    expect(leaseIn(cluster)).toMatchObject({ holder: null, run: { run: id, phase: 'closed' } })
    const again = await there(['abort', id])
    expect([again.exit, flat(again.stderr)]).toEqual([exitCodes.usage, expect.not.stringMatching(/lock/)])
  })

  it('ends like itself for a supervisor, which lets the lock go as well', async () => {
    const { deploy, cluster, id } = await killedAtTheEnd()
    const { exit, stderr } = await deploy(['resume', id, '--keep-paused'])
    expect([exit, flat(stderr)]).toEqual([exitCodes.done, expect.stringMatching(letGo)])
    expect(runIn(cluster)?.phase).toBe('closed')
  })

  it('keeps a lock that its driver still renews, and is said to be over', async () => {
    const { deploy, cluster, id, lease: held } = await killedAtTheEnd()
    let beats = 0
    const renewing = setInterval(() => {
      const renewTime = new Date(1e12 + (beats += 1)).toISOString().replace('Z', '000Z')
      putBack(cluster, { ...held, spec: { ...(held['spec'] as object), renewTime } })
    }, 50)
    const { exit, stderr } = await deploy(['abort', id])
    clearInterval(renewing)
    expect([exit, flat(stderr)]).toEqual([exitCodes.usage, expect.stringContaining(`run ${id} is over`)])
    expect(flat(stderr)).toContain('its driver is still alive, and lets its locks go by itself')
    expect(runIn(cluster)?.phase).not.toBe('closed')
  })

  it('leaves the lock alone where it may not be written, and says why', async () => {
    const { deploy, cluster, id } = await killedAtTheEnd()
    const end = cluster.faults.onWrite({ kind: 'status', status: 403 }, { kind: 'Lease' })
    const { exit, stderr } = await deploy(['abort', id])
    end()
    expect([exit, flat(stderr)]).toEqual([exitCodes.usage, expect.stringContaining(`run ${id} is over`)])
    expect(flat(stderr)).toContain('its locks were not let go: may not take lease/deploy-web in east')
  })
})

describe('a run of two clusters that is over and whose driver left one lock', () => {
  async function leftIn(name: 'eu' | 'us') {
    const world = await twoClusters()
    const left = await held(world.clusters[name], world.deploy(release))
    putBack(world.clusters[name], left.lease)
    return { ...world, ...left }
  }

  it('lets that one go, and does not touch the other, which may be of another run by now', async () => {
    const { clusters, deploy, id } = await leftIn('us')
    clusters.eu.acts.annotate(
      { kind: 'Lease', namespace: 'web', name: 'deploy-web' },
      { 'deploy/run': 'r2222', 'deploy/phase': 'open' },
    )
    const { exit, stderr } = await deploy(['abort', id])
    expect([exit, flat(stderr)]).toEqual([exitCodes.usage, expect.stringContaining('are let go: web in us ')])
    expect([runIn(clusters.us)?.phase, runIn(clusters.eu)]).toEqual([
      'closed',
      expect.objectContaining({ run: 'r2222', phase: 'open' }),
    ])
  })

  it('lets it go while the other cluster is away, which is said', async () => {
    const { clusters, deploy, away, id } = await leftIn('eu')
    const back = away('us')
    const { exit, stderr } = await deploy(['abort', id])
    back()
    expect([exit, flat(stderr)]).toEqual([exitCodes.usage, expect.stringContaining('are let go: web in eu ')])
    expect(flat(stderr)).toContain(`not looked at for locks of run ${id}: us: `)
    expect(runIn(clusters.eu)?.phase).toBe('closed')
  })
})
