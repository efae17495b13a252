import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, it } from 'vitest'
import { serve } from '../../src/sim/http/serve.ts'
import { createSim } from '../../src/sim/sim.ts'
import { kubectlDriver } from '../contract/on-kubectl.ts'
import { play } from '../contract/play.ts'
import { scripts } from '../contract/scripts/index.ts'
import { served } from '../sim/http/support/served.ts'
import { shop } from '../support/sim-shop.ts'
import { cached } from './cache.ts'

const kubectl = cached('kubectl')
/** Slow enough that a kubectl, of a tenth of a second, does not miss what the scripts speak of. */
const speed = 2

/** One for all scripts, each of which has a namespace of its own in it. */
describe('a real kubectl', () => {
  const sim = createSim({ seed: 7 })
  const log: string[] = []
  let command: readonly string[] = []

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deploy-sim-'))
    const kubeconfig = join(folder, 'config')
    const serving = await serve(sim.cluster(), { log: (line) => log.push(line) })
    const pace = sim.pace(speed)
    await writeFile(kubeconfig, kubeconfigFor(serving.url))
    command = [kubectl, '--kubeconfig', kubeconfig]
    return async () => {
      pace[Symbol.dispose]()
      await serving[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    }
  })

  it.concurrent.for(scripts)('plays with the simulated cluster: $name', async (script, context) => {
    context.expect(await play(script, await kubectlDriver(command, speed))).toEqual([])
    context.expect(log).toEqual([])
  })
})

const kubeconfigFor = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'sim',
    contexts: [{ name: 'sim', context: { cluster: 'sim', user: 'sim' } }],
    clusters: [{ name: 'sim', cluster: { server } }],
    users: [{ name: 'sim', user: { token: 'simulated' } }],
  })

describe('a real kubectl and the simulated cluster', () => {
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
