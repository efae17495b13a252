import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { webObjects } from '../web.ts'
import { passed, sceneOf } from './scene.ts'
import { traces } from './world.ts'

const newPods = 'app=web,deploy/release'

describe.concurrent('a good release', () => {
  it('canary by gateway-api', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, { traffic: { router: 'gateway-api' } })
    const run = scene.deploy('canary', '2.0.0')
    await scene.until('all requests go to the new pods', passed('weight-100'), run)
    const judged = await scene.namespace.podUids(newPods)
    const { exitCode, stderr } = await run
    expect(exitCode, stderr).toBe(0)
    expect((await scene.users()).map(({ failures }) => failures)).toEqual([[], []])
    expect(await scene.namespace.podUids('app=web')).toEqual(judged)
    expect(traces(scene.before, await scene.world())).toEqual([])
    console.log(stderr)
    const manifest = join(scene.folder, 'web.json')
    const items = webObjects(scene.namespace.name, { replicas: 4, image: 'registry.lab/web:3.0.0' })
    await writeFile(manifest, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
    await scene.namespace.kubectl('apply', '--server-side', '-f', manifest)
  })
})
