import { describe, it } from 'vitest'
import { sceneOf, settled } from './scene.ts'
import { specOf, traces } from './world.ts'

const canary = { traffic: { router: 'gateway-api' }, strategies: { canary: { weights: [50], soak: '1s', bake: '1s' } } }
const point = 'drain.sets-50-50'

describe.concurrent('a release that is taken back past its point of no return', () => {
  it.for(['drain.hold-50-50', 'drain.fields', 'close.unpin-web'])(
    'at %s: all old pods come first, no request is lost, and nothing is left behind',
    async (step, context) => {
      const { expect } = context
      const scene = await sceneOf(context, canary)
      const run = scene.deploy('canary', '2.0.0')
      await scene.until('old pods are gone', settled(step), run)
      run.kill('SIGKILL')
      await run
      const plain = await scene.deploy('abort')
      expect(plain.exitCode, plain.stderr).toBe(2)
      const { exitCode, stderr } = await scene.deploy('abort', '--past', point, '--reason', 'loses orders')
      expect(exitCode, stderr).toBe(22)
      expect(await scene.lost()).toBe('')
      const after = await scene.world()
      expect(traces(scene.before, after)).toEqual([])
      expect(specOf(after, 'Deployment/web')).toEqual(specOf(scene.before, 'Deployment/web'))
      expect(await scene.namespace.podUids('app=web,!deploy/release')).toHaveLength(scene.web.uids.length)
    },
  )
})
