import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { stringify } from 'yaml'
import { webObjects } from '../web.ts'
import { type Scene, sceneOf } from './scene.ts'
import { traces } from './world.ts'

const traffic = { router: 'gateway-api' }
const small = { traffic, web: { replicas: 2 } }

describe.concurrent('other ways to release', () => {
  it('rollback returns to the version before', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, small)
    const good = await scene.deploy('canary', '2.0.0')
    expect(good.exitCode, good.stderr).toBe(0)
    const { exitCode, stderr } = await scene.deploy('rollback')
    expect(exitCode, stderr).toBe(0)
    const pods = await scene.namespace.pods('app=web')
    // Pinned to what the old pods had, as long as one of them is still seen.
    expect(pods.map(({ spec }) => spec.containers[0]?.image.split('@')[0])).toEqual([
      'registry.lab/web:1.0.0',
      'registry.lab/web:1.0.0',
    ])
    expect(await scene.lost()).toBe('')
    expect(traces(scene.before, await scene.world())).toEqual([])
  })

  it('rendered manifests bring their whole pod template', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, { ...small, service: { manifests: 'web.yaml' } })
    await writeFile(join(scene.folder, 'web.yaml'), withVariable(scene))
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0')
    expect(exitCode, stderr).toBe(0)
    const pods = await scene.namespace.pods('app=web')
    expect(pods.map(({ spec }) => spec.containers)).toMatchObject([[released], [released]])
    expect(await scene.lost()).toBe('')
  })
})

const variable = { name: 'COLOUR', value: 'green' }
const released = { image: 'registry.lab/web:2.0.0', env: [variable] }

function withVariable({ namespace }: Scene): string {
  const [deployment] = webObjects(namespace.name, { replicas: 2 }) as [
    { spec: { template: { spec: { containers: object[] } } } },
  ]
  const pod = deployment.spec.template.spec
  const containers = pod.containers.map((container) => ({ ...container, env: [variable] }))
  return stringify({
    ...deployment,
    spec: { ...deployment.spec, template: { ...deployment.spec.template, spec: { ...pod, containers } } },
  })
}

describe.concurrent('hooks', () => {
  const hook = (moment: string, exit = 0) => ({
    [moment]: [{ run: ['./hook.sh', moment, String(exit)], timeout: '30s' }],
  })

  it('run in their order, and know the run', async (context) => {
    const { expect } = context
    const hooks = Object.assign(
      {},
      ...['before', 'before-traffic', 'after-weight', 'after', 'on-rollback'].map((moment) => hook(moment)),
    )
    const scene = await withHooks(context, hooks)
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0')
    expect(exitCode, stderr).toBe(0)
    const ran = await told(scene)
    const unit = `web@a a ${scene.namespace.name}`
    expect(ran).toEqual([
      `before ${unit}`,
      `before-traffic ${unit}`,
      ...Array(3).fill(`after-weight ${unit}`),
      `after ${unit}`,
    ])
  })

  it('one that fails before traffic takes the release back', async (context) => {
    const { expect } = context
    const scene = await withHooks(context, { ...hook('before-traffic', 1), ...hook('on-rollback') })
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0')
    expect(exitCode, stderr).toBe(3)
    expect((await told(scene)).map((line) => line.split(' ')[0])).toEqual(['before-traffic', 'on-rollback'])
    expect(await scene.lost()).toBe('')
    expect((await scene.users()).map(({ byVersion }) => Object.keys(byVersion))).toEqual([['1.0.0'], ['1.0.0']])
    expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
    expect(traces(scene.before, await scene.world())).toEqual([])
  })
})

async function withHooks(context: Parameters<typeof sceneOf>[0], hooks: object): Promise<Scene> {
  const scene = await sceneOf(context, { ...small, service: { hooks } })
  const file = join(scene.folder, 'hook.sh')
  await writeFile(file, '#!/bin/sh\necho "$1 $DEPLOY_UNIT $DEPLOY_CLUSTER $DEPLOY_NAMESPACE" >> told.txt\nexit "$2"\n')
  await chmod(file, 0o755)
  return scene
}

const told = async ({ folder }: Scene): Promise<string[]> =>
  (await readFile(join(folder, 'told.txt'), 'utf8')).trim().split('\n')
