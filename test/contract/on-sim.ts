import type { Kind } from '../../src/core/kinds.ts'
import type { Sim } from '../../src/sim/sim.ts'
import type { Driver } from './driver.ts'

const namespace = 'contract'
const web = { kind: 'Deployment', namespace, name: 'web' } as const

export function simDriver(sim: Sim): Driver {
  const cluster = sim.cluster()
  const placed = (object: object): object => {
    const { metadata } = object as { metadata?: object }
    return { ...object, metadata: { namespace, ...metadata } }
  }
  const { signal } = new AbortController()
  return {
    isReal: false,
    apply: async (objects) => cluster.acts.apply(objects.map(placed)),
    replace: async (object) => void cluster.acts.replace(placed(object)),
    // Through the port, as the engine does.
    patch: async (kind: Kind, name, ops) => {
      await cluster.write({ verb: 'patch', object: { kind, namespace, name }, ops }, { signal })
    },
    setImage: async (image) => cluster.acts.setImage(web, image),
    setEnv: async (name, value) => cluster.acts.setEnv(web, name, value),
    restart: async () => cluster.acts.restart(web),
    scale: async (replicas) => cluster.acts.scale(web, replicas),
    delete: async (kind, name) => cluster.acts.delete({ kind, namespace, name }),
    list: async (kind) => [...cluster.see(namespace).objects.values()].filter((object) => object.kind === kind),
    rest: (ms) => sim.advance(ms),
  }
}
