import { describe, it } from 'vitest'
import type { LabNamespace } from '../namespace.ts'
import { hostOf, type Web, webObjects } from '../web.ts'
import { waitFor } from '../wait-for.ts'
import { sceneOf } from './scene.ts'
import { specOf, traces } from './world.ts'

const replicas = 3

/** The usual Deployment as a StatefulSet, one pod after the other, behind the same Service and route. */
async function makeStateful(namespace: LabNamespace): Promise<Web> {
  const [deployment, ...rest] = webObjects(namespace.name, { replicas }) as [{ spec: object }, ...object[]]
  const spec = { ...deployment.spec, serviceName: 'web' }
  await namespace.apply([{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'web' }, spec }, ...rest])
  await namespace.kubectl('rollout', 'status', 'statefulset/web', '--timeout=120s')
  await waitFor('the gateway answers', async () => {
    const once = await namespace.startLoad({ via: 'gateway', requests: 1 })
    return (await once.done).failed === 0
  })
  return { host: hostOf(namespace.name), selector: 'app=web', uids: await namespace.podUids('app=web') }
}

const stateful = {
  make: makeStateful,
  service: { workload: 'statefulset/web' },
  strategies: { rolling: { batches: ['34%', '100%'], soak: '3s' } },
}

describe.concurrent('a StatefulSet', () => {
  it('rolling, good: every pod is new, and nothing is left behind', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, stateful)
    const { exitCode, stderr } = await scene.deploy('rolling', '2.0.0')
    expect(exitCode, stderr).toBe(0)
    await scene.pods({ stable: 0, made: replicas })
    expect((await scene.users()).map(({ failures }) => failures)).toEqual([[], []])
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
      expect((await scene.users()).map(({ failures }) => failures)).toEqual([[], []])
      const uids = await scene.namespace.podUids('app=web')
      expect(uids.filter((uid) => scene.web.uids.includes(uid))).toHaveLength(replicas - 1)
      const after = await scene.world()
      expect(traces(scene.before, after)).toEqual([])
      expect(specOf(after, 'StatefulSet/web')).toEqual(specOf(scene.before, 'StatefulSet/web'))
    },
  )
})
