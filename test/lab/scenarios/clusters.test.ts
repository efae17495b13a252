import { describe, it } from 'vitest'
import { passed, sceneOf } from './scene.ts'
import { traces } from './world.ts'

const both = { traffic: { router: 'gateway-api' }, web: { replicas: 2 }, strategies: { canary: { parallel: 2 } } }

describe.concurrent('two clusters side by side', () => {
  it('both good: both serve the new version', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, { ...both, clusters: ['a', 'b'] })
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0')
    expect(exitCode, stderr).toBe(0)
    expect(await scene.lost()).toBe('')
    for (const place of scene.places) {
      expect(traces(place.before, await place.world())).toEqual([])
      expect(await place.namespace.podUids('app=web,deploy/release')).toHaveLength(2)
    }
  })

  it('one fails: both are taken back', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, { ...both, clusters: ['a', 'b'] })
    const run = scene.deploy('canary', '2.0.0')
    await scene.until('new pods in b', (entry) => passed('prepare')(entry) && entry.unit === 'web@b', run)
    await scene.places[1]?.namespace.kubectl('create', 'quota', 'small', '--hard=pods=3')
    const { exitCode, stderr } = await run
    expect(exitCode, stderr).toBe(3)
    expect(stderr).toMatch(/quota/)
    expect(await scene.lost()).toBe('')
    for (const place of scene.places) {
      expect(traces(place.before, await place.world())).toEqual([])
      expect(await place.namespace.podUids('app=web')).toEqual(place.web.uids)
    }
  })
})
