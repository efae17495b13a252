import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, it } from 'vitest'
import { lab } from '../fixture.ts'
import { sceneOf, settled } from './scene.ts'
import { specOf, traces } from './world.ts'

const canary = { traffic: { router: 'gateway-api' } }

describe.concurrent('a driver that dies at a weight', () => {
  it('SIGKILL: the weight stays, and resume finishes', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, canary)
    const run = scene.deploy('canary', '2.0.0')
    await scene.until('the first weight', settled('weight-25.route-25'), run)
    run.kill('SIGKILL')
    expect((await run).signal).toBe('SIGKILL')
    expect((await scene.deploy('status')).stdout).toMatch(/UNATTENDED/)
    const { exitCode, stderr } = await scene.deploy('resume')
    expect(exitCode, stderr).toBe(0)
    expect(await scene.lost()).toBe('')
    expect(traces(scene.before, await scene.world())).toEqual([])
  })

  it('SIGKILL, and abort takes it back', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, canary)
    const run = scene.deploy('canary', '2.0.0')
    await scene.until('the first weight', settled('weight-25.route-25'), run)
    run.kill('SIGKILL')
    await run
    const { exitCode, stderr } = await scene.deploy('abort')
    expect(exitCode, stderr).toBe(22)
    expect(await scene.lost()).toBe('')
    expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
    const after = await scene.world()
    expect(traces(scene.before, after)).toEqual([])
    expect(specOf(after, 'Deployment/web')).toEqual(specOf(scene.before, 'Deployment/web'))
  })

  it.for(['resume', 'abort'] as const)(
    'SIGTERM: requests go back at once, the run stays open, %s ends it',
    async (verb, context) => {
      const { expect } = context
      const scene = await sceneOf(context, canary)
      const run = scene.deploy('canary', '2.0.0')
      await scene.until('the first weight', settled('weight-25.route-25'), run)
      run.kill('SIGTERM')
      const left = await run
      expect(left.exitCode, left.stderr).toBe(143)
      expect(specOf(await scene.world(), 'HTTPRoute/web')).toEqual(specOf(scene.before, 'HTTPRoute/web'))
      expect((await scene.deploy('status')).stdout).toMatch(/open/)
      const { exitCode, stderr } = await scene.deploy(verb)
      expect(exitCode, stderr).toBe(22)
      expect(await scene.lost()).toBe('')
      expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
      expect(traces(scene.before, await scene.world())).toEqual([])
    },
  )

  it('cancelled by a CI system at 50 % (SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL): requests are back after the first signal, another machine ends it', async (context) => {
    const { expect, onTestFinished } = context
    const scene = await sceneOf(context, { ...canary, strategies: { canary: { weights: [50], soak: '5m' } } })
    const run = scene.deploy('canary', '2.0.0')
    await scene.until('half of the requests', settled('weight-50.route-50'), run)
    run.kill('SIGINT')
    const left = await Promise.race([run, sleep(7500)])
    expect(specOf(await scene.world(), 'HTTPRoute/web')).toEqual(specOf(scene.before, 'HTTPRoute/web'))
    run.kill('SIGTERM')
    await Promise.race([run, sleep(2500)])
    run.kill('SIGKILL')
    const { exitCode, stderr } = await run
    // The code is that of the signal after which it was gone.
    expect(exitCode, stderr).toBe(left ? 130 : 143)
    const { stdout } = await scene.deploy('status', '--json')
    const { plan: hash } = JSON.parse(stdout) as { plan: string }
    const other = await mkdtemp(join(tmpdir(), 'deploy-elsewhere-'))
    onTestFinished(() => rm(other, { recursive: true, force: true }))
    await rename(join(scene.folder, 'deploy.yaml'), join(other, 'deploy.yaml'))
    const ended = await lab.runDeploy(['resume', '--plan-hash', hash], { cwd: other })
    expect(ended.exitCode, ended.stderr).toBe(22)
    expect(await scene.lost()).toBe('')
    expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
    expect(traces(scene.before, await scene.world())).toEqual([])
  })
})
