import { describe, it } from 'vitest'
import { sceneOf } from './scene.ts'
import { asStatefulSet } from './stateful.ts'
import { specOf, traces } from './world.ts'

const replicas = 3

const stateful = {
  ...asStatefulSet(replicas),
  strategies: { rolling: { batches: ['34%', '100%'], soak: '3s' } },
}

describe.concurrent('a StatefulSet', () => {
  it('rolling, good: every pod is new, and nothing is left behind', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, stateful)
    const { exitCode, stderr } = await scene.deploy('rolling', '2.0.0')
    expect(exitCode, stderr).toBe(0)
    await scene.pods({ stable: 0, made: replicas })
    expect(await scene.lost()).toBe('')
    expect(traces(scene.before, await scene.world())).toEqual([])
  })

  it.for(['noready', 'crash1'])(
    'rolling, %s: the stuck pod is replaced by an old one, the others never restart',
    async (fault, context) => {
      const { expect } = context
      const scene = await sceneOf(context, stateful)
      const { exitCode, stderr } = await scene.deploy('rolling', `2.0.0-${fault}`)
      expect(exitCode, stderr).toBe(3)
      await scene.pods({ stable: replicas, made: 0 })
      expect(await scene.lost()).toBe('')
      const uids = await scene.namespace.podUids('app=web')
      expect(uids.filter((uid) => scene.web.uids.includes(uid))).toHaveLength(replicas - 1)
      const after = await scene.world()
      expect(traces(scene.before, after)).toEqual([])
      expect(specOf(after, 'StatefulSet/web')).toEqual(specOf(scene.before, 'StatefulSet/web'))
    },
  )
})
