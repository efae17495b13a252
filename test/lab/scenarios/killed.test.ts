import { describe, it } from 'vitest'
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
    expect((await scene.users()).map(({ failures }) => failures)).toEqual([[], []])
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
    expect((await scene.users()).map(({ failures }) => failures)).toEqual([[], []])
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
      expect((await scene.users()).map(({ failures }) => failures)).toEqual([[], []])
      expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
      expect(traces(scene.before, await scene.world())).toEqual([])
    },
  )
})
