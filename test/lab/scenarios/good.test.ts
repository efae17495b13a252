import { describe, it } from 'vitest'
import { webObjects } from '../web.ts'
import { ownerApplies } from './owner.ts'
import { passed, type SceneOptions, sceneOf } from './scene.ts'
import { traces } from './world.ts'

type Case = SceneOptions & {
  readonly name: string
  readonly strategy: string
  /** The stage after which all requests go to the new pods, and no pod is made any more. */
  readonly proven: string
}

const cases: readonly Case[] = [
  { name: 'canary by gateway-api', strategy: 'canary', traffic: { router: 'gateway-api' }, proven: 'weight-100' },
  { name: 'canary by replicas', strategy: 'canary', traffic: { router: 'replicas' }, proven: 'weight-100' },
  {
    name: 'blue-green by gateway-api',
    strategy: 'blue-green',
    traffic: { router: 'gateway-api' },
    proven: 'weight-100',
  },
  { name: 'blue-green by selector', strategy: 'blue-green', traffic: { router: 'selector' }, proven: 'weight-100' },
  { name: 'rolling', strategy: 'rolling', proven: 'batch-100' },
]

describe.concurrent('a good release loses no request, keeps the judged pods and leaves nothing behind', () => {
  it.for(cases)('$name', async ({ strategy, proven, ...options }, context) => {
    const { expect } = context
    const web = { replicas: 4, budget: { maxUnavailable: 1 }, autoscaler: { min: 2, max: 10 } }
    const scene = await sceneOf(context, {
      ...options,
      web,
      also: (namespace) => ownerApplies(namespace, webObjects(namespace.name, web), { force: true }),
    })
    const run = scene.deploy(strategy, '2.0.0')
    await scene.until('all requests go to the new pods', passed(proven), run)
    const judged = await scene.namespace.podUids('app=web,deploy/release')
    const { exitCode, stderr } = await run
    expect(exitCode, stderr).toBe(0)
    expect(await scene.lost()).toBe('')
    expect(judged).toHaveLength(4)
    expect(await scene.namespace.podUids('app=web')).toEqual(judged)
    expect(traces(scene.before, await scene.world())).toEqual([])
    const next = webObjects(scene.namespace.name, { ...web, image: 'registry.lab/web:3.0.0' })
    expect(await ownerApplies(scene.namespace, next)).toContain('deployment.apps/web serverside-applied')
  })
})
