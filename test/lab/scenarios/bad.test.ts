import { describe, it } from 'vitest'
import { type SceneOptions, sceneOf } from './scene.ts'
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
    version: '2.0.0-slow12',
    traffic: gatewayApi,
    strategies: { canary: { deadline: '5s' } },
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
    expect((await scene.users()).map(({ failures }) => failures)).toEqual([[], []])
    expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
    const after = await scene.world()
    expect(traces(scene.before, after)).toEqual([])
    expect(specOf(after, 'Deployment/web')).toEqual(specOf(scene.before, 'Deployment/web'))
  })
})
