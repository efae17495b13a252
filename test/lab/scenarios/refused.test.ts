import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { lab } from '../fixture.ts'
import type { Rule } from '../users.ts'
import { type Scene, sceneOf } from './scene.ts'

type Expect = typeof import('vitest').expect

/** Nothing of the namespace was written: every resourceVersion of what users depend on is the same. */
async function untouched(scene: Scene, expect: Expect): Promise<void> {
  const specs = (world: typeof scene.before) => [...world].map(([key, { metadata }]) => [key, metadata.generation])
  expect(specs(await scene.world())).toEqual(specs(scene.before))
  expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
}

const quiet = { load: false, traffic: { router: 'gateway-api' }, web: { replicas: 2 } }

describe.concurrent('who may not, or cannot, changes nothing', () => {
  it.for([
    { kind: 'expired-token', says: /401|expired|credentials|unauthorized/i },
    { kind: 'wrong-token', says: /401|credentials|unauthorized/i },
    { kind: 'wrong-authority', says: /certificate|signed/i },
    { kind: 'refused', says: /refused/i },
    { kind: 'no-such-host', says: /no-such-host\.invalid/ },
  ] as const)('kubeconfig: $kind', async ({ kind, says }, context) => {
    const { expect } = context
    const scene = await sceneOf(context, quiet)
    const kubeconfig = await lab.cluster('a').kubeconfig(kind)
    const { exitCode, stderr } = await lab.runDeploy(['canary', '2.0.0'], { cwd: scene.folder, kubeconfig })
    expect([2, 21], stderr).toContain(exitCode)
    expect(stderr).toMatch(says)
    await untouched(scene, expect)
  })

  it('kubeconfig: unreadable', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, quiet)
    const kubeconfig = join(scene.folder, 'kubeconfig')
    await writeFile(kubeconfig, 'clusters: [')
    const { exitCode, stderr } = await lab.runDeploy(['canary', '2.0.0'], { cwd: scene.folder, kubeconfig })
    expect(exitCode, stderr).toBe(2)
    expect(stderr).toContain(kubeconfig)
    await untouched(scene, expect)
  })

  it('a user without a right: said with verb and resource', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, quiet)
    const kubeconfig = await lab.cluster('a').userKubeconfig(`reader-${scene.namespace.name}`, readsAll)
    const { exitCode, stderr } = await lab.runDeploy(['canary', '2.0.0'], { cwd: scene.folder, kubeconfig })
    expect(exitCode, stderr).toBe(21)
    expect(stderr).toMatch(/patch .*deployments/)
    await untouched(scene, expect)
  })
})

const readsAll: readonly Rule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }]

describe.concurrent('there is nothing to release', () => {
  it('the version that serves already is verified', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, quiet)
    const { exitCode, stderr } = await scene.deploy('canary', '1.0.0')
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toMatch(/verified/)
    await untouched(scene, expect)
  })

  it('a first release is not ours to make', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, quiet)
    await scene.namespace.kubectl('delete', 'deployment', 'web', '--cascade=foreground', '--timeout=60s')
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0')
    expect(exitCode, stderr).toBe(21)
    expect(stderr).toMatch(/deployment.*web/i)
  })
})

describe.concurrent('stable is broken at the start', () => {
  const broken = {
    ...quiet,
    web: { replicas: 2, image: 'registry.lab/web:1.0.0-noready', wait: false },
  }

  it('is refused, and the way out is named', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, broken)
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0')
    expect(exitCode, stderr).toBe(21)
    expect(stderr).toContain('--emergency')
  })

  it('--emergency with a reason ships the fix', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, broken)
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0', '--emergency', '--reason', 'all are down')
    expect(exitCode, stderr).toBe(0)
    await scene.pods({ stable: 0, made: 2 })
  })
})

describe.concurrent('a run is open', () => {
  it('a second release is locked out and told how to go on', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, { ...quiet, strategies: { canary: { weights: [50, 'pause'], soak: '0s' } } })
    const paused = await scene.deploy('canary', '2.0.0', '--exit-on-pause')
    expect(paused.exitCode, paused.stderr).toBe(5)
    const { exitCode, stderr } = await scene.deploy('canary', '3.0.0')
    expect(exitCode, stderr).toBe(8)
    expect(stderr).toMatch(/deploy (abort|resume)/)
    expect((await scene.deploy('promote')).exitCode).toBe(0)
    await scene.pods({ stable: 0, made: 2 })
  })
})

describe.concurrent('a plan file', () => {
  const planned = async (scene: Scene): Promise<{ hash: string; file: string }> => {
    const { stdout } = await scene.deploy('plan', 'canary', '2.0.0', '-o', 'json', '--out', 'plan.json')
    return { hash: (JSON.parse(stdout) as { hash: string }).hash, file: join(scene.folder, 'plan.json') }
  }

  it('runs when its hash is approved', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, quiet)
    const { hash } = await planned(scene)
    const { exitCode, stderr } = await scene.deploy('apply', 'plan.json', '--approve', hash)
    expect(exitCode, stderr).toBe(0)
    await scene.pods({ stable: 0, made: 2 })
  })

  it.for([
    { how: 'edited', exit: 2, change: (text: string) => text.replaceAll('2.0.0', '6.6.6') },
    { how: 'cut off', exit: 2, change: (text: string) => text.slice(0, text.length / 2) },
    { how: 'of another cluster', exit: 2, change: (text: string) => text.replace(/"uid": "[^"]*"/, '"uid": "other"') },
  ])('$how: refused, nothing touched', async ({ exit, change }, context) => {
    const { expect } = context
    const scene = await sceneOf(context, quiet)
    const { file } = await planned(scene)
    const { readFile } = await import('node:fs/promises')
    await writeFile(file, change(await readFile(file, 'utf8')))
    const { exitCode, stderr } = await scene.deploy('apply', 'plan.json')
    expect(exitCode, stderr).toBe(exit)
    await untouched(scene, expect)
  })

  it('for a context that was pointed at another cluster: stale, nothing touched', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, quiet)
    await planned(scene)
    const other = await lab.cluster('b').kubeconfig('admin')
    const { readFile } = await import('node:fs/promises')
    const kubeconfig = join(scene.folder, 'kubeconfig')
    const text = await readFile(other, 'utf8')
    await writeFile(
      kubeconfig,
      text
        .replaceAll('name: b', 'name: a')
        .replaceAll('cluster: b', 'cluster: a')
        .replaceAll('user: b', 'user: a')
        .replaceAll('current-context: b', 'current-context: a'),
    )
    await chmod(kubeconfig, 0o600)
    const run = await lab.runDeploy(['apply', 'plan.json'], { cwd: scene.folder, kubeconfig })
    expect(run.exitCode, run.stderr).toBe(20)
    expect(run.stderr).toMatch(/not the one that the plan was made for/)
    await untouched(scene, expect)
  })

  it('is stale when the world moved: refused, and what moved is said', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, quiet)
    await planned(scene)
    await scene.namespace.kubectl('patch', 'service', 'web', '-p', '{"spec":{"selector":{"app":"web","tier":"front"}}}')
    const { exitCode, stderr } = await scene.deploy('apply', 'plan.json')
    expect(exitCode, stderr).toBe(20)
    expect(stderr).toMatch(/service\/?\s?web.*selector/)
    expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
  })
})
