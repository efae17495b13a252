import { describe, expect, it } from 'vitest'
import { chained } from '../../src/adapters/journal/chain.ts'
import { creation } from '../../src/adapters/journal/home/segment.ts'
import { exitCodes } from '../../src/core/errors.ts'
import type { SimCluster } from '../../src/sim/sim.ts'
import { runIn, said } from './support/deploy.ts'
import { type Simulated, simulated } from './support/simulated.ts'

/** A folder whose only run is over. */
async function over(): Promise<Simulated & { readonly run: string }> {
  const world = await simulated()
  const ended = await world.deploy(['rolling', 'v2', '--json'])
  expect(ended.exit, ended.stderr).toBe(exitCodes.done)
  return { ...world, run: runIn(ended) }
}

/** The same, and on another machine somebody began a run since, which nobody drives now. */
async function begunElsewhere(): Promise<Simulated & { readonly open: string }> {
  const world = await over()
  const release = ['canary', 'v3', '--set', 'weights=[50, pause]', '--exit-on-pause', '--json']
  const ended = await (await world.elsewhere())(release)
  expect(ended.exit, ended.stderr).toBe(exitCodes.paused)
  return { ...world, open: runIn(ended) }
}

/** What a cluster keeps of a run that was begun, as far as is read to find it. */
function kept(cluster: SimCluster, run: string, service: string): void {
  const base = '0'.repeat(64)
  const opened = { type: 'opened', run, plan: base, by: 'anna', host: 'ci' } as const
  const entries = chained([opened], { last: undefined, planHash: base, epoch: 1, at: 0 })
  const write = creation({ namespace: 'web', run, service }, { number: 1, base, epoch: 1, entries })
  cluster.inside.server.write(write, { manager: 'deploy' })
}

describe('where all runs of this folder are over', () => {
  it('the one that is open on another machine is told', async () => {
    const { deploy, open } = await begunElsewhere()
    const ended = await deploy(['status', '--json'])
    expect([ended.exit, runIn(ended)]).toEqual([exitCodes.done, open])
  })

  it('the one that is open on another machine is watched', async () => {
    const { deploy, open } = await begunElsewhere()
    const { exit, stderr } = await deploy(['watch', '--exit-on-pause'])
    expect([exit, stderr]).toEqual([
      exitCodes.paused,
      expect.stringContaining(`UNATTENDED: nobody drives run ${open}, `),
    ])
  })

  it('none is guessed at where several are open on other machines', async () => {
    const { cluster, deploy } = await over()
    for (const run of ['r1', 'r2']) kept(cluster, run, 'web')
    const { exit, stderr } = await deploy(['status'])
    expect([exit, stderr]).toEqual([exitCodes.usage, expect.stringContaining('2 runs are open: r1, r2')])
  })

  it('the newest is told when what is open is of a service of somebody else', async () => {
    const { cluster, deploy, run } = await over()
    kept(cluster, 'r1', 'api')
    const ended = await deploy(['status', '--json'])
    expect({ ...ended, stdout: runIn(ended) }).toEqual({ exit: exitCodes.done, stdout: run, stderr: '' })
  })

  it('nothing is taken back when what is open is of a service of somebody else', async () => {
    const { cluster, deploy } = await over()
    kept(cluster, 'r1', 'api')
    const { exit, stderr } = await deploy(['abort', '--reason', 'wrong folder'])
    expect([exit, stderr]).toEqual([exitCodes.usage, expect.stringContaining('there is no open run in')])
  })

  it('the newest is told although its cluster has not heard of its end', async () => {
    const { cluster, deploy, run } = await over()
    for (const { kind, metadata } of cluster.see('web').objects.values())
      if (kind === 'ConfigMap') cluster.acts.delete({ kind, namespace: 'web', name: metadata.name })
    kept(cluster, run, 'web')
    const { stdout } = await deploy(['status', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ run, exit: exitCodes.done })
  })

  it('the newest is told where no cluster can be asked, and that none was', async () => {
    const { cwd, run } = await over()
    const ended = await said(['status', '--json'], { cwd })
    expect({ ...ended, stdout: runIn(ended) }).toEqual({
      exit: exitCodes.done,
      stdout: run,
      stderr: `not asked for runs: there is no kubeconfig\nrun ${run} is shown, which is over: no other is known to be open\n`,
    })
  })
})
