import { gateway } from './gateway.ts'
import type { LabNamespace } from './namespace.ts'
import { waitFor } from './wait-for.ts'

/** What the service `web` of a scenario is made of. */
export type WebOptions = {
  readonly replicas?: number
  /** The tag says how the pods behave, see stages/pods.ts and podserver.ts. */
  readonly image?: string
  /** Fields laid over `spec` of the Deployment, deeply: `{ minReadySeconds: 5 }`. */
  readonly spec?: Fields
  /** A second Service with the same selector. */
  readonly internal?: boolean
  /** An HPA object. No metrics arrive, so it is a test that moves replicas: `kubectl scale`. */
  readonly autoscaler?: { readonly min: number; readonly max: number }
  /** A PodDisruptionBudget, for example `{ maxUnavailable: 1 }`. */
  readonly budget?: Fields
  /** An HTTPRoute for `<namespace>.lab`; on unless false. */
  readonly route?: boolean
  /** Wait until it serves; on unless false. Off for a stable version that is broken from the start. */
  readonly wait?: boolean
}

export type Web = {
  /** Host header for the gateway. */
  readonly host: string
  readonly selector: string
  /** Pods when it was made. */
  readonly uids: readonly string[]
}

type Fields = { readonly [key: string]: unknown }

/** Applies the scenario and waits until requests through the gateway and through the Service are answered. */
export async function createWeb(namespace: LabNamespace, options: WebOptions): Promise<Web> {
  await namespace.apply(webObjects(namespace.name, options))
  const web = { host: hostOf(namespace.name), selector: 'app=web' }
  if (options.wait === false) return { ...web, uids: [] }
  await namespace.kubectl('rollout', 'status', 'deployment/web', '--timeout=120s')
  const answered = async (via: 'gateway' | 'service') => {
    const once = await namespace.startLoad({ via, requests: 1 })
    return (await once.done).failed === 0
  }
  await waitFor('Service web answers', () => answered('service'))
  if (options.route !== false) await waitFor(`the gateway answers for ${web.host}`, () => answered('gateway'))
  return { ...web, uids: await namespace.podUids(web.selector) }
}

export const hostOf = (namespace: string): string => `${namespace}.lab`

/** The objects alone, for a test that applies them again ("the old manifest came back"). */
export function webObjects(namespace: string, options: WebOptions = {}): readonly object[] {
  const { internal = false, autoscaler, budget, route = true } = options
  return [
    deployment(options),
    service('web'),
    ...(internal ? [service('web-internal')] : []),
    ...(autoscaler ? [horizontalPodAutoscaler(autoscaler)] : []),
    ...(budget ? [disruptionBudget(budget)] : []),
    ...(route ? [httpRoute(namespace)] : []),
  ]
}

function deployment({ replicas = 3, image = 'registry.lab/web:1.0.0', spec = {} }: WebOptions): object {
  const usual = {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: {
        labels: { app: 'web' },
        annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' },
      },
      spec: {
        terminationGracePeriodSeconds: 10,
        containers: [
          {
            name: 'app',
            image,
            ports: [{ name: 'http', containerPort: 8080 }],
            resources: { requests: { cpu: '50m', memory: '64Mi' } },
            readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, initialDelaySeconds: 1, periodSeconds: 1 },
          },
        ],
      },
    },
  }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: merged(usual, spec) }
}

function service(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  }
}

function httpRoute(namespace: string): object {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'web' },
    spec: {
      parentRefs: [{ namespace: gateway.namespace, name: gateway.name }],
      hostnames: [hostOf(namespace)],
      rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
    },
  }
}

function horizontalPodAutoscaler({ min, max }: { readonly min: number; readonly max: number }): object {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    },
  }
}

function disruptionBudget(spec: Fields): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  }
}

/** Objects deeply, anything else (arrays too) by replacement. */
function merged(below: Fields, above: Fields): Fields {
  const result: Record<string, unknown> = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const old = result[key]
    result[key] = isFields(old) && isFields(value) ? merged(old, value) : value
  }
  return result
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
