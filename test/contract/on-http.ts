import { at } from '../../src/core/json.ts'
import type { Kind } from '../../src/core/kinds.ts'
import type { Cluster } from '../../src/ports.ts'
import type { Sim } from '../../src/sim/sim.ts'
import { ask } from '../sim/http/support/served.ts'
import type { Driver } from './driver.ts'
import { simDriver } from './on-sim.ts'

const namespace = 'contract'
const place = `/apis/apps/v1/namespaces/${namespace}/deployments/web`

export interface Over {
  readonly adapter: Cluster
  readonly url: string
}

/** The simulated cluster over HTTP: what the engine does by the real adapter, what kubectl does by requests like its own. */
export function httpDriver(sim: Sim, { adapter, url }: Over): Driver {
  const direct = simDriver(sim)
  const { signal } = new AbortController()
  const { during } = sim
  const send = async (method: string, path: string, type: string, body: unknown): Promise<void> => {
    const { status, text } = await during(ask(url, path, { method, type, body }))
    if (status >= 300) throw new Error(text)
  }
  const merge = (body: unknown): Promise<void> => send('PATCH', place, 'application/strategic-merge-patch+json', body)
  const inContainer = (change: object) => ({
    spec: { template: { spec: { containers: [{ name: 'app', ...change }] } } },
  })
  const list = (kind: Kind) => during(adapter.list({ kind, namespace }, { signal }))
  return {
    ...direct,
    list,
    patch: async (kind, name, ops) => {
      await during(adapter.write({ verb: 'patch', object: { kind, namespace, name }, ops }, { signal }))
    },
    replace: async (object) => {
      const { metadata } = object as { metadata: object }
      await send('PUT', place, 'application/json', { ...object, metadata: { namespace, ...metadata } })
    },
    setImage: (image) => merge(inContainer({ image })),
    setEnv: (name, value) => merge(inContainer({ env: [{ name, value }] })),
    restart: async () => {
      const [web] = await list('Deployment')
      // kubectl says so by itself.
      if (at(web, '/spec/paused') === true) throw new Error("can't restart paused deployment")
      const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date(sim.clock.now()).toISOString() }
      await merge({ spec: { template: { metadata: { annotations } } } })
    },
    scale: (replicas) => send('PATCH', `${place}/scale`, 'application/merge-patch+json', { spec: { replicas } }),
    delete: async (kind, name) => {
      const found = await during(adapter.get({ kind, namespace, name }, { signal }))
      const uid = found?.metadata.uid ?? ''
      await during(adapter.write({ verb: 'delete', object: { kind, namespace, name }, uid }, { signal }))
    },
  }
}
