import type * as z from 'zod'
import type { Strategy } from '../../src/core/strategy.ts'
import { imageFor } from '../../src/config/version.ts'
import { comparisonFor } from '../../src/config/comparison.ts'
import { Judge } from '../../src/config/judge.ts'
import { Metrics } from '../../src/config/metrics.ts'
import { Rollback, triggersOf } from '../../src/config/rollback.ts'
import { objectivesOf, Slo } from '../../src/config/slo.ts'
import type { Resolved } from '../../src/config/resolve.ts'
import { minute } from '../../src/core/time.ts'

/** What a scenario's cluster has, and what is released into it; the rest is the usual. */
export interface Wish {
  readonly strategy?: 'canary' | 'blue-green' | 'rolling'
  readonly options?: Readonly<Record<string, unknown>>
  readonly router?: 'gateway-api' | 'selector' | 'replicas'
  /** The image tag that is released; it says how the pods behave. */
  readonly version?: string
  readonly from?: string
  readonly replicas?: number
  readonly stateful?: boolean
  readonly emergency?: boolean
  readonly clusters?: readonly string[]
  readonly policy?: Partial<Resolved['policy']>
  readonly seed?: number
  /** Merged over the workload's spec. */
  readonly spec?: Readonly<Record<string, unknown>>
  /** Only the workload, one Service and the route: no budget, no autoscaler, no second Service. */
  readonly bare?: boolean
  /** Requests a second through the route (or the Service) and of callers inside: 100 each. */
  readonly rates?: { readonly users?: number; readonly inside?: number }
  /** The pods' counters are read, and this may take the release back. */
  readonly rollback?: {
    readonly when?: readonly string[]
    readonly promised?: number
    /** As deploy.yaml has it. Without it nothing is compared: scenarios about bounds of their own have little traffic. */
    readonly judge?: z.input<typeof Judge>
  }
}

export const namespace = 'shop'
const image = 'ghcr.io/acme/web'

const metadata = (name: string) => ({ name, namespace })
const podLabels = { app: 'web' }

function workload({ stateful, replicas = 4, from = 'v1', spec }: Wish): object {
  const common = {
    replicas,
    selector: { matchLabels: podLabels },
    template: {
      metadata: { labels: podLabels },
      spec: { containers: [{ name: 'app', image: `${image}:${from}` }] },
    },
  }
  return stateful
    ? { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: metadata('web'), spec: { ...common, ...spec } }
    : {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { ...metadata('web'), labels: { team: 'shop' } },
        spec: {
          ...common,
          strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          minReadySeconds: 2,
          ...spec,
        },
      }
}

const service = (name: string, port: number): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(name),
  spec: { selector: podLabels, ports: [{ port, targetPort: 8080 }] },
})

/** `web` behind an HTTPRoute, a second Service for callers inside, a budget and an autoscaler. */
export function manifests(wish: Wish): object[] {
  const route = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: metadata('web'),
    spec: { parentRefs: [{ name: 'gateway' }], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] },
  }
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata('web'),
    spec: { maxUnavailable: 1, selector: { matchLabels: podLabels } },
  }
  const autoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata('web'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 20,
    },
  }
  return [
    workload(wish),
    service('web', 80),
    ...(wish.router === 'selector' || wish.router === 'replicas' ? [] : [route]),
    ...(wish.bare ? [] : [service('web-internal', 81), budget, ...(wish.stateful ? [] : [autoscaler])]),
  ]
}

const usual: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  canary: { weights: [25, 50], soak: '10s', bake: '10s' },
  'blue-green': { bake: '10s' },
  rolling: { batches: ['50%', '100%'], bake: '10s' },
}

/** The request that the command line and deploy.yaml would have come to. */
const counters: NonNullable<Resolved['metrics']> = {
  entry: Metrics.parse({
    source: 'pods',
    requests: 'http_requests_total',
    errors: 'code=~"5.."',
    latency: 'http_request_duration_seconds',
    port: 8080,
  }),
  folder: '/',
  place: 'deploy.yaml:1:1',
}

function watchingOf({ rollback = {} }: Wish): Resolved['watching'] {
  const { when = [], promised, judge = false } = rollback
  const slo = promised === undefined ? undefined : Slo.parse({ availability: `${promised * 100}%` })
  const entry = Rollback.parse({ when })
  return {
    triggers: triggersOf(entry, promised),
    objectives: objectivesOf(slo),
    queries: [],
    comparison: comparisonFor({ judge: Judge.parse(judge), rollback: entry, metrics: counters }),
  }
}

export function requestFor(wish: Wish, strategy: Strategy): Resolved {
  const version = wish.version ?? 'v2'
  const parsed = strategy.options.parse({ ...usual[strategy.name], ...wish.options })
  return {
    service: 'web',
    environment: 'production',
    protected: true,
    clusters: [],
    strategy: { name: strategy.name, type: strategy.name, options: written(parsed) },
    policy: {
      deadline: 2 * minute,
      onFailure: 'all',
      parallel: wish.clusters?.length ?? 1,
      early: false,
      onInconclusive: 'hold',
      onProviderDown: 'pause',
      ...wish.policy,
    },
    version,
    image: imageFor(image, version),
    workload: { kind: wish.stateful ? 'StatefulSet' : 'Deployment', name: 'web' },
    traffic: { ...(wish.router && { router: wish.router }), unpinned: [] },
    hooks: { before: [], 'before-traffic': [], 'after-weight': [], after: [], 'on-rollback': [] },
    ...(wish.rollback && { metrics: counters }),
    watching: watchingOf(wish),
    settings: [],
    warnings: [],
  }

  function written(options: unknown): Readonly<Record<string, unknown>> {
    return options as Readonly<Record<string, unknown>>
  }
}
