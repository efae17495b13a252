import type { KubeObject } from '../../../src/core/objects.ts'
import { createSim } from '../../../src/sim/sim.ts'

/** As in the kubeconfig of these tests. */
const namespace = 'web'
const image = 'localhost:1/acme/web:v1'
const metadata = { name: 'web', namespace }
const labels = { app: 'web' }

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: {
    replicas: 4,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } },
  },
}
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
}
const route = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata,
  spec: { parentRefs: [{ name: 'gateway' }], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] },
}

/** `web` with four pods that serve v1, its Service and its route. */
export const usualObjects = [deployment, service, route]

/** All objects of a namespace where `web` serves v1 and its controllers have come to rest, but for the kinds left out. */
export async function restingWorld(without: readonly string[] = []): Promise<readonly KubeObject[]> {
  const sim = createSim()
  const cluster = sim.cluster()
  cluster.acts.apply(usualObjects.filter(({ kind }) => !without.includes(kind)))
  await sim.settle()
  return [...cluster.see(namespace).objects.values()]
}
