import type { JsonObject } from '../../src/core/json.ts'
import type { Ref } from '../../src/core/kinds.ts'
import type { Deployment, Pod, ReplicaSet } from '../../src/core/objects.ts'
import { all, find } from '../../src/core/view.ts'
import { createSim, type Sim, type SimCluster, type SimOptions } from '../../src/sim/sim.ts'
import { deployment, service } from '../contract/manifests.ts'

export const namespace = 'shop'
export const web: Ref = { kind: 'Deployment', namespace, name: 'web' }
export const route: Ref = { kind: 'HTTPRoute', namespace, name: 'web' }
export const signal = new AbortController().signal
export const call = { signal }

const placed = (object: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...(object['metadata'] as object), namespace },
})

const httpRoute = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'web' },
  spec: { parentRefs: [{ name: 'public' }], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] },
}

export interface Shop {
  readonly sim: Sim
  readonly cluster: SimCluster
  /** `tag asked/ready/available` of each ReplicaSet with pods. */
  sets(): string[]
  pods(): Pod[]
  /** How many pods all ReplicaSets together are asked for. */
  asked(): number
  deployment(): Deployment
}

/** A cluster in which `web` serves behind a Service and a route. */
export async function shop({
  replicas = 10,
  tag = '1.0.0',
  spec = {},
  ...options
}: SimOptions & { replicas?: number; tag?: string; spec?: JsonObject } = {}): Promise<Shop> {
  const sim = createSim(options)
  const cluster = sim.cluster()
  cluster.acts.apply([deployment(replicas, tag, spec), service('web'), httpRoute].map(placed))
  await sim.settle()
  const tagOf = ({ spec }: Pick<Pod, 'spec'>): string => spec.containers[0]?.image.split(':').at(-1) ?? ''
  return {
    sim,
    cluster,
    sets: () =>
      all(cluster.see(namespace), 'ReplicaSet')
        .filter((set: ReplicaSet) => (set.spec.replicas ?? 0) > 0)
        .map(
          ({ spec, status }) =>
            `${tagOf(spec.template)} ${spec.replicas}/${status?.readyReplicas ?? 0}/${status?.availableReplicas ?? 0}`,
        ),
    asked: () => all(cluster.see(namespace), 'ReplicaSet').reduce((sum, { spec }) => sum + (spec.replicas ?? 0), 0),
    pods: () => all(cluster.see(namespace), 'Pod'),
    deployment: () => find(cluster.see(namespace), 'Deployment', 'web') as Deployment,
  }
}

export { deployment, placed, service }
