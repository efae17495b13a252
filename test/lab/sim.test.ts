import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { createSim } from '../../src/sim/sim.ts'
import { kubectlDriver } from '../contract/on-kubectl.ts'
import { play } from '../contract/play.ts'
import { scripts } from '../contract/scripts/index.ts'
import { served } from '../sim/http/support/served.ts'
import { shop } from '../support/sim-shop.ts'
import { cached } from './cache.ts'

const kubectl = cached('kubectl')
/** Slow enough that a kubectl, of a tenth of a second, does not miss what the scripts speak of. */
const speed = 4

describe('a real kubectl and the simulated cluster', () => {
  it.concurrent.for(scripts)('play: $name', async (script, { expect: expectHere }) => {
    const sim = createSim({ seed: 7 })
    const { kubeconfig, log } = await served(sim.cluster())
    using _pace = sim.pace(speed)
    expectHere(await play(script, await kubectlDriver([kubectl, '--kubeconfig', kubeconfig], speed))).toEqual([])
    expectHere(log).toEqual([])
  })

  it.for([
    'get deploy,rs,pods,svc,httproute,pdb,hpa,events',
    'get all -o wide',
    'get pods -l app=web -o yaml',
    'describe deploy,rs,pods,svc,httproute',
    'logs deploy/web',
    'rollout status deploy/web',
    'rollout history deploy/web',
    'auth can-i patch deployments',
    'api-resources',
    'get --raw /readyz',
  ])('understand each other: kubectl %s', async (command) => {
    const { sim, cluster } = await shop({ replicas: 2 })
    const { kubeconfig, log } = await served(cluster)
    using _pace = sim.pace(speed)
    const { exitCode, stdout, stderr } = await execa(
      kubectl,
      ['-n', 'shop', '--kubeconfig', kubeconfig, ...command.split(' ')],
      { reject: false },
    )
    expect({ exitCode, stderr: stderr.replace(/^No resources.*|^Found .*/, ''), log }).toEqual({
      exitCode: 0,
      stderr: '',
      log: [],
    })
    expect(stdout).not.toBe('')
  })

  it('undo a roll-out together', async () => {
    const { sim, cluster, sets } = await shop({ replicas: 2 })
    const { kubeconfig } = await served(cluster)
    using _pace = sim.pace(speed)
    const run = (...args: readonly string[]) => execa(kubectl, ['-n', 'shop', '--kubeconfig', kubeconfig, ...args])
    await run('set', 'image', 'deploy/web', 'app=registry.lab/shop:2.0.0')
    await run('rollout', 'status', 'deploy/web')
    expect(sets()).toEqual(['2.0.0 2/2/2'])
    await run('rollout', 'undo', 'deploy/web')
    await run('rollout', 'status', 'deploy/web')
    expect(sets()).toEqual(['1.0.0 2/2/2'])
  })
})
