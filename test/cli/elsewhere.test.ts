import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chained } from '../../src/adapters/journal/chain.ts'
import { planCreations } from '../../src/adapters/journal/home/plan.ts'
import { readHome } from '../../src/adapters/journal/home/read.ts'
import { creation } from '../../src/adapters/journal/home/segment.ts'
import { exitCodes } from '../../src/core/errors.ts'
import type { Entry, Fact } from '../../src/core/journal.ts'
import { at } from '../../src/core/json.ts'
import type { Plan } from '../../src/core/plan.ts'
import { planHash } from '../../src/core/plan-hash.ts'
import { find } from '../../src/core/view.ts'
import type { SimCluster } from '../../src/sim/sim.ts'
import { runIn, said } from './support/deploy.ts'
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

  it('is not gone on with by another hash than the one of its plan, and both are said', async () => {
    const { deploy, hash } = await leftElsewhere()
    const other = '0'.repeat(64)
    const { exit, stderr } = await deploy(['promote', '--plan-hash', other])
    expect([exit, stderr.includes(hash), stderr.includes(other)]).toEqual([exitCodes.refused, true, true])
  })

  it('is taken back without a hash, by built-in steps; after that its folder is still no proof', async () => {
    const { cwd, cluster, deploy, run } = await leftElsewhere()
    const route = { kind: 'HTTPRoute', namespace: 'web', name: 'web' } as const
    const { exit, stderr } = await deploy(['abort'])
    expect(exit, stderr).toBe(exitCodes.takenBackWithoutVerdict)
    expect(stderr).toContain('only built-in steps')
    const refs = at(find(cluster.see('web'), route.kind, route.name), '/spec/rules/0/backendRefs')
    expect(refs).toEqual([expect.objectContaining({ name: 'web' })])
    expect(await readdir(join(cwd, '.deploy', 'runs', run))).toContain('plan.unproved')
  })

  it('is told by hand as a plan that nobody vouches for; where its folder is, as one that is', async () => {
    const { deploy, run } = await leftElsewhere()
    const warning = 'this plan was read back from a cluster and nobody vouches for it: read each line before you run it'
    const [text, json] = [
      await deploy(['status', run, '--manual']),
      await deploy(['status', run, '--manual', '--json']),
    ]
    expect(text.stdout).toContain(`# ${warning}\n`)
    expect([json.stderr, JSON.parse(json.stdout)]).toEqual([
      expect.stringContaining(warning),
      expect.objectContaining({ run }),
    ])
    const world = await simulated()
    const own = await world.deploy(['status', await open(world), '--manual'])
    expect([own.exit, own.stdout.includes(warning)]).toEqual([exitCodes.done, false])
  })

  it('is not taken back without a hash when its plan was changed', async () => {
    const { cluster, deploy, run } = await leftElsewhere()
    const found = await readHome({ cluster, namespace: 'web', run }, { signal: new AbortController().signal })
    const text = JSON.stringify(found?.plan).replaceAll('localhost:1/acme/web:v1"', 'localhost:1/acme/evil:v1"')
    const plan = JSON.parse(text) as Plan
    forge(cluster, plan, run, found?.entries ?? [])
    const { exit, stderr } = await deploy(['abort'])
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('not the template that Kubernetes kept')
    expect(exit).toBe(exitCodes.refused)
  })
})

const open = async ({ deploy }: Simulated): Promise<string> => {
  expect((await deploy(halfWay)).exit).toBe(exitCodes.paused)
  return runIn(await deploy(['status', '--json']))
}

describe('a command without the name of a run', () => {
  it('is refused where one is open here and another one elsewhere, with the names of both', async () => {
    const world = await simulated()
    const { cluster, deploy } = world
    const run = await open(world)
    const found = await readHome({ cluster, namespace: 'web', run }, { signal: new AbortController().signal })
    if (!found) throw new Error('it is not kept')
    forge(cluster, found.plan, 'rother', found.entries)
    const { exit, stderr } = await deploy(['abort'])
    expect([exit, stderr]).toEqual([exitCodes.usage, expect.stringContaining(`2 runs are open: ${run}, rother`)])
    expect((await deploy(['abort', run])).exit).toBe(exitCodes.takenBackWithoutVerdict)
  })

  it('is for the one that is open elsewhere when the one that seems open here is over', async () => {
    const world = await simulated()
    const first = await open(world)
    const other = await world.elsewhere()
    expect((await other(['abort', first])).exit).toBe(exitCodes.takenBackWithoutVerdict)
    const second = await open({ ...world, deploy: other })
    const { exit, stderr } = await world.deploy(['abort', '--json'])
    expect(exit, stderr).toBe(exitCodes.takenBackWithoutVerdict)
    expect(stderr).toContain(second)
  })

  it('says that the one which is open here is over', async () => {
    const world = await simulated()
    const run = await open(world)
    expect((await (await world.elsewhere())(['abort', run])).exit).toBe(exitCodes.takenBackWithoutVerdict)
    const { exit, stderr } = await world.deploy(['abort'])
    expect([exit, stderr]).toEqual([exitCodes.usage, expect.stringContaining(`run ${run} is over`)])
  })

  it('is for the one that is open here where no cluster can be asked, and names it', async () => {
    const world = await simulated()
    const run = await open(world)
    const { stderr } = await said(['abort'], { cwd: world.cwd })
    expect(stderr).toMatch(
      new RegExp(
        `^not asked for runs: there is no kubeconfig.*\\nrun ${run} is meant: no other is known to be open\\n`,
      ),
    )
  })
})

/** As somebody would who may write ConfigMaps: a whole journal of another plan, in the place of the one that was there. */
function forge(cluster: SimCluster, plan: Plan, run: string, entries: readonly Entry[]): void {
  const place = { namespace: 'web', run, service: 'web' }
  const hash = planHash(plan)
  const { server } = cluster.inside
  for (const { kind, metadata } of cluster.see('web').objects.values())
    if (kind === 'ConfigMap' && metadata.labels?.['deploy/run'] === run)
      cluster.acts.delete({ kind: 'ConfigMap', namespace: 'web', name: metadata.name })
  const facts = entries.map(({ seq: _, epoch: __, prev: ___, ...fact }) => fact as Fact & { at: number })
  const forged: Entry[] = []
  for (const { at: when, ...fact } of facts)
    forged.push(...chained([fact], { last: forged.at(-1), planHash: hash, epoch: 1, at: when }))
  const segment = creation(place, { number: 1, base: hash, epoch: 1, entries: forged })
  for (const write of [...planCreations(place, plan, hash), segment]) server.write(write, { manager: 'kubectl' })
}
