import type { LabNamespace } from '../namespace.ts'
import { waitFor } from '../wait-for.ts'
import { hostOf, type Web, webObjects } from '../web.ts'
import type { SceneOptions } from './scene.ts'

/** The usual Deployment as a StatefulSet, one pod after the other, behind the same Service and route. */
export const asStatefulSet = (replicas: number) =>
  ({
    make: (namespace) => makeStateful(namespace, replicas),
    service: { workload: 'statefulset/web' },
  }) as const satisfies SceneOptions

async function makeStateful(namespace: LabNamespace, replicas: number): Promise<Web> {
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
