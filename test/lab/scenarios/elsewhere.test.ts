import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'vitest'
import { lab } from '../fixture.ts'
import { type Scene, type SceneOptions, sceneOf, settled } from './scene.ts'
import { specOf, traces } from './world.ts'

const canary = { traffic: { router: 'gateway-api' } }

interface Lost {
  readonly scene: Scene
  readonly run: string
  readonly hash: string
  /** A command line on another machine: the same deploy.yaml, and nothing else. */
  readonly elsewhere: (...args: readonly string[]) => ReturnType<typeof lab.runDeploy>
}

/** A canary whose driver dies with its first requests, and whose machine is gone. */
async function lostAtTheFirstWeight(context: TestContext, more: SceneOptions = {}): Promise<Lost> {
  const { onTestFinished } = context
  const scene = await sceneOf(context, { ...canary, ...more })
  const driver = scene.deploy('canary', '2.0.0')
  await scene.until('the first weight', settled('weight-25.route-25'), driver)
  driver.kill('SIGKILL')
  await driver
  const { stdout } = await scene.deploy('status', '--json')
  const { plan: hash, run } = JSON.parse(stdout) as { plan: string; run: string }
  const other = await mkdtemp(join(tmpdir(), 'deploy-elsewhere-'))
  onTestFinished(() => rm(other, { recursive: true, force: true }))
  await rename(join(scene.folder, 'deploy.yaml'), join(other, 'deploy.yaml'))
  await rm(join(scene.folder, '.deploy'), { recursive: true })
  return { scene, run, hash, elsewhere: (...args) => lab.runDeploy(args, { cwd: other }) }
}

describe.concurrent('a run whose machine is gone', () => {
  it('is gone on with from another one, by the hash of its plan', async (context) => {
    const { expect } = context
    const { scene, run, hash, elsewhere } = await lostAtTheFirstWeight(context)
    const unknown = await elsewhere('resume')
    expect([unknown.exitCode, unknown.stderr]).toEqual([21, expect.stringMatching(/plan-untrusted/)])
    const { exitCode, stderr } = await elsewhere('resume', run, '--plan-hash', hash)
    expect(exitCode, stderr).toBe(0)
    expect(await scene.lost()).toBe('')
    expect(traces(scene.before, await scene.world())).toEqual([])
    expect((await elsewhere('report', 'verify', run)).stdout).toMatch(/is whole/)
  })

  it('is taken back without the hash, by built-in steps', async (context) => {
    const { expect } = context
    const { scene, elsewhere } = await lostAtTheFirstWeight(context)
    const { exitCode, stderr } = await elsewhere('abort')
    expect(exitCode, stderr).toBe(22)
    expect(stderr).toMatch(/only built-in steps/)
    expect(await scene.lost()).toBe('')
    expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
    const after = await scene.world()
    expect(traces(scene.before, after)).toEqual([])
    expect(specOf(after, 'Deployment/web')).toEqual(specOf(scene.before, 'Deployment/web'))
  })

  it('can be read with kubectl alone; a plan that somebody put in the place of its own is refused', async (context) => {
    const { expect, onTestFinished } = context
    const { scene, run, hash, elsewhere } = await lostAtTheFirstWeight(context, { load: false })
    const { namespace } = scene
    const template = '{{range $key, $lines := .data}}{{$lines}}{{end}}'
    const text = await namespace.kubectl('get', 'configmap', `deploy-run-${run}-1`, '-o', `go-template=${template}`)
    const entries = text
      .split('\n')
      .flatMap((line) => (line ? [JSON.parse(line) as { type: string; step?: string }] : []))
    expect(entries[0]).toMatchObject({ type: 'opened', run, plan: hash })
    expect(entries.some(({ type, step }) => type === 'intended' && step === 'weight-25.route-25')).toBe(true)

    const name = `deploy-run-${run}-plan`
    const kept = await namespace.get<{ binaryData: Record<string, string>; metadata: object }>('configmap', name)
    const file = join(await mkdtemp(join(tmpdir(), 'deploy-forged-')), 'plan.json')
    onTestFinished(() => rm(join(file, '..'), { recursive: true, force: true }))
    const refusal = await namespace
      .kubectl('patch', 'configmap', name, '--type=merge', '-p', '{"binaryData":null}')
      .then(
        () => 'taken',
        (error: unknown) => String(error),
      )
    expect(refusal).toMatch(/immutable/)
    await writeFile(file, JSON.stringify({ ...kept, binaryData: { 'plan.json.br': 'bm8gcGxhbg==' } }))
    await namespace.kubectl('replace', '--force', '-f', file)
    const tampered = await elsewhere('resume', run, '--plan-hash', hash)
    expect([tampered.exitCode, tampered.stderr]).toEqual([21, expect.stringMatching(new RegExp(`${name}.* damaged`))])
  })
})
