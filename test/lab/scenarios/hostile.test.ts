import { describe, it } from 'vitest'
import type { LabNamespace } from '../namespace.ts'
import { webObjects } from '../web.ts'
import { type Scene, sceneOf, settled } from './scene.ts'
import { specOf, traces } from './world.ts'

type Act = { readonly name: string; readonly does: (namespace: LabNamespace) => Promise<string> }

const restarted = {
  spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } } } },
}

const acts: readonly Act[] = [
  {
    name: 'the old manifest is applied again',
    does: (namespace) => namespace.apply(webObjects(namespace.name, { replicas: 4, route: false })),
  },
  // `kubectl rollout restart` itself refuses a paused Deployment; others write the same annotation without looking.
  { name: 'a restart', does: ({ kubectl }) => kubectl('patch', 'deployment', 'web', '-p', JSON.stringify(restarted)) },
  { name: 'set env', does: ({ kubectl }) => kubectl('set', 'env', 'deployment/web', 'COLOUR=green') },
  { name: 'set image', does: ({ kubectl }) => kubectl('set', 'image', 'deployment/web', 'app=registry.lab/web:9.9.9') },
]

// The act falls into the soak, however late it comes; a run that pauses does not wait for the rest of it.
const moments = [
  { at: 'the first weight', step: 'weight-25.route-25', canary: { weights: [25], soak: '45s', bake: '0s' } },
  { at: '100 %', step: 'weight-100.route-100', canary: { weights: [25], soak: '0s', bake: '45s' } },
] as const

const cases = acts.flatMap((act, index) =>
  moments.map(
    (moment, other) => ({ ...act, ...moment, ends: (index + other) % 2 === 0 ? 'resume' : 'abort' }) as const,
  ),
)

const traffic = { router: 'gateway-api' }

describe.concurrent('somebody changes the Deployment', () => {
  it.for(cases)('$name at $at: no pod moves, the run pauses and says who; $ends ends it well', async (one, context) => {
    const { expect } = context
    const scene = await sceneOf(context, { traffic, strategies: { canary: one.canary } })
    const run = scene.deploy('canary', '2.0.0', '--exit-on-pause')
    await scene.until(one.at, settled(one.step), run)
    const pods = await scene.namespace.podUids('app=web')
    await one.does(scene.namespace)
    const { exitCode, stderr } = await run
    expect(exitCode, stderr).toBe(5)
    expect(stderr).toMatch(/deployment\/web was changed by kubectl\S* at \S+: \/spec\/template/)
    expect(await scene.namespace.podUids('app=web')).toEqual(pods)
    await (one.ends === 'resume' ? endsGood : endsBack)(scene, expect)
    expect(await scene.lost()).toBe('')
  })

  it.for(moments)('minReadySeconds at $at: put back without a pause', async ({ at, step, canary }, context) => {
    const { expect } = context
    const scene = await sceneOf(context, { traffic, strategies: { canary } })
    const run = scene.deploy('canary', '2.0.0', '--exit-on-pause')
    await scene.until(at, settled(step), run)
    await scene.namespace.kubectl('patch', 'deployment', 'web', '-p', '{"spec":{"minReadySeconds":0}}')
    const { exitCode, stderr } = await run
    expect(exitCode, stderr).toBe(0)
    expect((await scene.entries()).filter(({ type }) => type === 'drifted')).toMatchObject([
      { path: '/spec/minReadySeconds', action: 'reassert' },
    ])
    expect(await scene.lost()).toBe('')
    expect(traces(scene.before, await scene.world())).toEqual([])
  })
})

type Expect = typeof import('vitest').expect

async function endsGood(scene: Scene, expect: Expect): Promise<void> {
  const { exitCode, stderr } = await scene.deploy('resume')
  expect(exitCode, stderr).toBe(0)
  expect(traces(scene.before, await scene.world())).toEqual([])
  expect(await scene.namespace.podUids('app=web,deploy/release')).toHaveLength(4)
}

async function endsBack(scene: Scene, expect: Expect): Promise<void> {
  const { exitCode, stderr } = await scene.deploy('abort')
  expect(exitCode, stderr).toBe(22)
  const after = await scene.world()
  expect(traces(scene.before, after)).toEqual([])
  expect(specOf(after, 'Deployment/web')).toEqual(specOf(scene.before, 'Deployment/web'))
  expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
}
