import { describe, it } from 'vitest'
import { type Scene, sceneOf, settled } from './scene.ts'
import { traces } from './world.ts'

const gatewayApi = { router: 'gateway-api' }

/** As an autoscaler does while a release runs. */
async function scaled(scene: Scene, ...sizes: readonly number[]): Promise<void> {
  for (const size of sizes) {
    await scene.namespace.kubectl('scale', 'deployment/web', `--replicas=${size}`)
    await scene.namespace.kubectl('wait', 'deployment/web', `--for=jsonpath={.spec.replicas}=${size}`, '--timeout=60s')
  }
}

describe.concurrent('the autoscaler moves during a release', () => {
  it.for([
    { at: 'the first weight', strategy: 'canary', traffic: gatewayApi, step: 'weight-50.route-50' },
    { at: '100 %', strategy: 'canary', traffic: gatewayApi, step: 'weight-100.route-100' },
    { at: 'the first batch', strategy: 'rolling', traffic: {}, step: /^batch-50\.hold/ },
  ])(
    '10 → 14 → 10 at $at of $strategy: no request is lost, and it ends well',
    async ({ strategy, traffic, at, step }, context) => {
      const { expect } = context
      const scene = await sceneOf(context, {
        web: { replicas: 8, autoscaler: { min: 4, max: 20 } },
        // So that who scales is known as a writer of the Deployment before, too.
        also: async (namespace) => {
          await namespace.kubectl('scale', 'deployment/web', '--replicas=10')
          await namespace.kubectl('rollout', 'status', 'deployment/web', '--timeout=120s')
        },
        traffic,
        strategies: { canary: { weights: [50], soak: '10s' }, rolling: { soak: '10s' } },
      })
      const run = scene.deploy(strategy, '2.0.0')
      await scene.until(at, settled(step), run)
      await scaled(scene, 14, 10)
      const { exitCode, stderr } = await run
      expect(exitCode, stderr).toBe(0)
      expect(await scene.lost()).toBe('')
      expect(await scene.namespace.podUids('app=web,deploy/release')).toHaveLength(10)
      expect(traces(scene.before, await scene.world())).toEqual([])
    },
  )

  it('keeps both sets in proportion', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, {
      web: { replicas: 8 },
      traffic: gatewayApi,
      load: false,
      strategies: { canary: { weights: [50, 'pause'], soak: '0s' } },
    })
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0', '--exit-on-pause')
    expect(exitCode, stderr).toBe(5)
    await scaled(scene, 12)
    await scene.pods({ stable: 12, made: 6 })
    await scaled(scene, 8)
    await scene.pods({ stable: 8, made: 4 })
    const ended = await scene.deploy('abort')
    expect(ended.exitCode, ended.stderr).toBe(22)
  })
})

it('a budget holds against an eviction storm during a canary, as configured', async (context) => {
  const { expect } = context
  const scene = await sceneOf(context, {
    web: { replicas: 6, budget: { maxUnavailable: 1 } },
    traffic: gatewayApi,
    strategies: { canary: { weights: [50], soak: '15s' } },
  })
  const run = scene.deploy('canary', '2.0.0')
  await scene.until('the first weight', settled('weight-50.route-50'), run)
  const stable = await scene.namespace.pods('app=web,!deploy/release')
  const answers = await Promise.all(stable.map((pod) => evicted(scene, pod.metadata.name)))
  expect(answers.filter((answer) => answer === 'evicted')).toHaveLength(1)
  expect(answers.filter((answer) => answer === 'refused')).toHaveLength(stable.length - 1)
  const { exitCode, stderr } = await run
  expect(exitCode, stderr).toBe(0)
  expect(await scene.lost()).toBe('')
  expect(traces(scene.before, await scene.world())).toEqual([])
})

async function evicted(scene: Scene, name: string): Promise<'evicted' | 'refused'> {
  const { cluster, name: namespace } = scene.namespace
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`
  try {
    await cluster.create(path, eviction)
    return 'evicted'
  } catch (error) {
    if (error instanceof Error && error.message.includes('disruption budget')) return 'refused'
    throw error
  }
}

it('callers of a second Service see nothing of it', async (context) => {
  const { expect } = context
  const scene = await sceneOf(context, {
    web: { replicas: 4, internal: true },
    inside: ['web', 'web-internal'],
    traffic: gatewayApi,
  })
  const { exitCode, stderr } = await scene.deploy('canary', '2.0.0')
  expect(exitCode, stderr).toBe(0)
  expect(await scene.lost()).toBe('')
  expect(traces(scene.before, await scene.world())).toEqual([])
})
