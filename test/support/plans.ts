import { strategies } from '../../strategies/index.ts'
import { compileUnit } from '../../src/core/compile.ts'
import type { Evidence } from '../../src/core/evidence.ts'
import { draftOf } from '../../src/core/draft.ts'
import { hashOf } from '../../src/core/hash.ts'
import type { Json } from '../../src/core/json.ts'
import { type Kind, keyOf, kinds, type Ref } from '../../src/core/kinds.ts'
import { marks } from '../../src/core/marks.ts'
import type { MoveContext, UnitHooks } from '../../src/core/moves/context.ts'
import type { Deployment, KubeObject, StatefulSet } from '../../src/core/objects.ts'
import { type Plan, placeholders, type Unit, type Wave } from '../../src/core/plan.ts'
import { minute, second } from '../../src/core/time.ts'
import type { View } from '../../src/core/view.ts'
import { routers } from '../../src/routers/index.ts'

/** What a test's plan is about; everything else is the usual: 10 pods of `web` behind an HTTPRoute. */
export interface PlanWish {
  readonly strategy?: 'canary' | 'blue-green' | 'rolling'
  readonly options?: Readonly<Record<string, unknown>>
  readonly service?: string
  readonly router?: 'gateway-api' | 'selector' | 'replicas'
  readonly clusters?: readonly string[]
  readonly replicas?: number
  readonly stateful?: boolean
  readonly emergency?: boolean
  readonly bare?: boolean
  readonly protected?: boolean
  readonly hooks?: Partial<UnitHooks>
  readonly warnings?: readonly string[]
  readonly evidence?: Evidence
  /** Merged over the new pod template's spec. */
  readonly spec?: Readonly<Record<string, Json>>
  readonly waves?: (units: readonly Unit[]) => Wave[]
  readonly unit?: (unit: Unit, cluster: string) => Unit
}

const images = { from: 'ghcr.io/acme/web:v1.2.2', to: 'ghcr.io/acme/web:v1.2.3' } as const

/** A plan as the tool compiles it, with the real strategies and routers, from a small world made by hand. */
export function planOf(wish: PlanWish = {}): Plan {
  const clusters = wish.clusters ?? ['us-east-1']
  const units = clusters.map((cluster) => wish.unit?.(unitOf(wish, cluster), cluster) ?? unitOf(wish, cluster))
  return {
    v: 1,
    tool: '0.1',
    release: {
      service: wish.service ?? 'web',
      environment: 'production',
      strategy: wish.strategy ?? 'canary',
      version: 'v1.2.3',
      from: 'v1.2.2',
      image: `${images.to}@sha256:41c2f1f1e0aa4b1c8f1d7d1c2b3a49586776655443322110ffeeddccbbaa9988`,
      protected: wish.protected ?? true,
      emergency: wish.emergency ?? false,
    },
    clusters: clusters.map((name) => ({ name, uid: `uid-of-${name}` })),
    waves: wish.waves?.(units) ?? [{ id: 'all', parallel: units.length, onFailure: 'all', units }],
    warnings: wish.warnings ?? [],
  }
}

function unitOf(wish: PlanWish, cluster: string): Unit {
  const service = wish.service ?? 'web'
  const context = contextOf(wish, service)
  const strategy = strategies.find(({ name }) => name === (wish.strategy ?? 'canary'))
  if (!strategy) throw new Error('no such strategy')
  return compileUnit({
    id: `${service}@${cluster}`,
    cluster,
    context,
    strategy,
    options: strategy.options.parse(wish.options ?? {}),
    emergency: wish.emergency ?? false,
    ...(wish.evidence && { evidence: wish.evidence }),
  })
}

const namespace = 'shop'

const object = (kind: Kind, name: string, rest: Readonly<Record<string, unknown>>): KubeObject => ({
  apiVersion: kinds[kind].apiVersion,
  kind,
  metadata: { name, namespace, uid: `uid-${kind}-${name}`, resourceVersion: '100', generation: 1 },
  ...rest,
})

const templateOf = (app: string, image: string, more: Readonly<Record<string, Json>> = {}): Json => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'app', image, env: [{ name: 'PASSWORD', value: 'hunter2' }] }], ...more },
})

/** `web`, one ReplicaSet, two Services, a route, a budget and an autoscaler. */
export function worldOf(wish: PlanWish, service: string): View {
  const template = templateOf(service, images.from)
  const spec = { replicas: wish.replicas ?? 10, selector: { matchLabels: { app: service } }, template }
  const bare = wish.bare ?? false
  const objects = [
    wish.stateful ? object('StatefulSet', service, { spec }) : object('Deployment', service, { spec }),
    object('ReplicaSet', stableName(service), { spec }),
    object('Service', service, { spec: { selector: { app: service }, ports: [{ port: 80 }] } }),
    ...(bare
      ? []
      : [
          object('Service', `${service}-internal`, { spec: { selector: { app: service }, ports: [{ port: 81 }] } }),
          object('PodDisruptionBudget', service, { spec: { selector: { matchLabels: { app: service } } } }),
          object('HorizontalPodAutoscaler', service, { spec: { maxReplicas: 20 } }),
        ]),
    object('HTTPRoute', service, {
      spec: { parentRefs: [{ name: 'gateway' }], rules: [{ backendRefs: [{ name: service, port: 80 }] }] },
    }),
  ]
  return {
    at: Date.UTC(2026, 0, 2, 3, 0, 0),
    namespace,
    objects: new Map(objects.map((one) => [keyOf({ kind: one.kind as Kind, name: one.metadata.name }), one])),
    silentSince: null,
  }
}

const stableName = (service: string): string => `${service}-7c9f6d5b8`

const noHooks: UnitHooks = { before: [], 'before-traffic': [], 'after-weight': [], after: [], 'on-rollback': [] }

function contextOf(wish: PlanWish, service: string): MoveContext {
  const view = worldOf(wish, service)
  const draft = draftOf(view)
  const ref = (kind: Kind, name = service): Ref => ({ kind, namespace, name })
  const workload = ref(wish.stateful ? 'StatefulSet' : 'Deployment')
  const strategy = strategies.find(({ name }) => name === (wish.strategy ?? 'canary'))
  const secondary = `${service}-${strategy?.secondary ?? 'canary'}`
  const stable = templateOf(service, images.from)
  const fresh = templateOf(service, images.to, wish.spec) as { metadata: { labels: Record<string, string> } }
  const router =
    strategy?.name === 'rolling' || wish.stateful || wish.emergency ? null : routerOf(wish.router ?? 'gateway-api')
  const where = { namespace, service, secondary, workload }
  return {
    service,
    namespace,
    workload,
    object: draft.seen(workload) as Deployment | StatefulSet,
    draft,
    seen: {
      stable: { name: stableName(service), hash: '7c9f6d5b8' },
      template: { stable: hashOf(stable), new: hashOf(fresh) },
      minReady: 10 * second,
    },
    templates: {
      stable,
      new: { ...fresh, metadata: { labels: { ...fresh.metadata.labels, [marks.release]: placeholders.run } } },
    },
    router: router?.bind(draft, where, router.find(view, service) ?? ref('Service')) ?? null,
    secondary,
    pins: wish.bare ? [ref('Service')] : [ref('Service'), ref('Service', `${service}-internal`)],
    budgets: wish.bare ? [] : [ref('PodDisruptionBudget')],
    autoscaler: wish.bare ? null : ref('HorizontalPodAutoscaler'),
    hooks: { ...noHooks, ...wish.hooks },
    title: `canary ${service} v1.2.3`,
    deadline: 10 * minute,
    allowedBad: 0,
  }
}

const routerOf = (name: string) => {
  const found = routers.find((router) => router.name === name)
  if (!found) throw new Error(`no router ${name}`)
  return found
}
