import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { webObjects } from '../web.ts'
import { passed, type SceneOptions, sceneOf } from './scene.ts'
import { specOf, traces } from './world.ts'

type Case = SceneOptions & {
  readonly name: string
  readonly strategy: string
  readonly version: string
  /** What the run says of it. */
  readonly says: RegExp
}

const gatewayApi = { router: 'gateway-api' }
const selector = { router: 'selector' }
const replicas = { router: 'replicas' }

const besides: readonly Case[] = [
  {
    name: 'slow pods, canary',
    strategy: 'canary',
    version: '2.0.0-slow60',
    traffic: gatewayApi,
    strategies: { canary: { deadline: '20s' } },
    says: /not ready|not after/i,
  },
  { name: 'never ready, canary', strategy: 'canary', version: '2.0.0-noready', traffic: gatewayApi, says: /ready/ },
  {
    name: 'crash loop, canary',
    strategy: 'canary',
    version: '2.0.0-crash137',
    traffic: gatewayApi,
    says: /137|SIGKILL/,
  },
  { name: 'OOM, canary', strategy: 'canary', version: '2.0.0-oom', traffic: gatewayApi, says: /memory|OOM/i },
  {
    name: 'image not found, canary',
    strategy: 'canary',
    version: '2.0.0-nopull',
    traffic: gatewayApi,
    says: /not found/,
  },
  {
    name: 'crash loop, canary by replicas',
    strategy: 'canary',
    version: '2.0.0-crash1',
    traffic: replicas,
    says: /exit/,
  },
  {
    name: 'never ready, blue-green',
    strategy: 'blue-green',
    version: '2.0.0-noready',
    traffic: gatewayApi,
    says: /ready/,
  },
  {
    name: 'crash loop, blue-green by selector',
    strategy: 'blue-green',
    version: '2.0.0-crash1',
    traffic: selector,
    says: /exit/,
  },
]

const withEverything = { replicas: 4, budget: { maxUnavailable: 1 }, autoscaler: { min: 2, max: 10 } }

describe.concurrent('a bad release that no user has reached is taken back, and no stable pod restarts', () => {
  it.for(besides)('$name', async ({ strategy, version, says, ...options }, context) => {
    const { expect } = context
    const scene = await sceneOf(context, { web: withEverything, ...options })
    const { exitCode, stderr } = await scene.deploy(strategy, version)
    expect(exitCode, stderr).toBe(3)
    expect(stderr).toMatch(says)
    expect(await scene.lost()).toBe('')
    expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
    const after = await scene.world()
    expect(traces(scene.before, after)).toEqual([])
    expect(specOf(after, 'Deployment/web')).toEqual(specOf(scene.before, 'Deployment/web'))
  })
})

describe.concurrent('a bad release that is found out later', () => {
  it('ready pods that die at a weight: stable never restarts, and everything is as before', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, {
      traffic: gatewayApi,
      strategies: { canary: { weights: [25], soak: '60s' } },
    })
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0-die8')
    expect(exitCode, stderr).toBe(3)
    expect(stderr).toMatch(/weight 25 %/)
    expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
    expect(traces(scene.before, await scene.world())).toEqual([])
  })

  it('a quota that is too small half-way', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, { traffic: gatewayApi })
    const run = scene.deploy('canary', '2.0.0')
    await scene.until('the first new pod', passed('prepare'), run)
    await scene.namespace.kubectl('create', 'quota', 'small', '--hard=pods=5')
    const { exitCode, stderr } = await run
    expect(exitCode, stderr).toBe(3)
    expect(stderr).toMatch(/quota/)
    expect(await scene.lost()).toBe('')
    expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
    expect(traces(scene.before, await scene.world())).toEqual([])
  })

  it('crash loop, rolling: old pods come back, and no request is lost', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, { web: { replicas: 4 } })
    const { exitCode, stderr } = await scene.deploy('rolling', '2.0.0-crash1')
    expect(exitCode, stderr).toBe(3)
    expect(await scene.lost()).toBe('')
    await scene.pods({ stable: 4, made: 0 })
    const after = await scene.world()
    expect(traces(scene.before, after)).toEqual([])
    expect(specOf(after, 'Deployment/web')).toEqual(specOf(scene.before, 'Deployment/web'))
  })
})

describe.concurrent('a bad release that is seen before anything is changed', () => {
  it('a quota without room', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, {
      traffic: gatewayApi,
      load: false,
      also: ({ kubectl }) => kubectl('create', 'quota', 'small', '--hard=pods=4'),
    })
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0')
    expect(exitCode, stderr).toBe(21)
    expect(stderr).toMatch(/quota/)
    expect(traces(scene.before, await scene.world())).toEqual([])
  })

  it('pods that fit on no node', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, { traffic: gatewayApi, load: false, service: { manifests: 'web.json' } })
    await writeFile(join(scene.folder, 'web.json'), JSON.stringify(nowhere(scene.namespace.name)))
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0')
    expect([3, 21], stderr).toContain(exitCode)
    expect(stderr).toMatch(/node/)
    expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
    expect(traces(scene.before, await scene.world())).toEqual([])
  })
})

const nowhere = (namespace: string): unknown =>
  webObjects(namespace, { replicas: 4, spec: { template: { spec: { nodeSelector: { disk: 'none-has-it' } } } } })[0]
