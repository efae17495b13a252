import { compileUnit } from '../../../core/compile.ts'
import { draftOf } from '../../../core/draft.ts'
import { hashOf } from '../../../core/hash.ts'
import type { Json } from '../../../core/json.ts'
import { type Kind, keyOf, kinds, type Ref } from '../../../core/kinds.ts'
import { marks } from '../../../core/marks.ts'
import type { MoveContext, UnitHooks } from '../../../core/moves/context.ts'
import type { Deployment, KubeObject, StatefulSet } from '../../../core/objects.ts'
import { placeholders, type Unit } from '../../../core/plan.ts'
import type { Router } from '../../../core/router.ts'
import type { Strategy } from '../../../core/strategy.ts'
import { minute } from '../../../core/time.ts'
import type { View } from '../../../core/view.ts'
import { routers } from '../../../routers/index.ts'

/**
 * Plans of a world that has one of everything: by every strategy, every router and every kind of route and workload. What
 * they would do is all that any plan does, so their permissions are the rules of a Role.
 */
export const modelUnits = (strategies: readonly Strategy[]): Unit[] =>
  strategies.flatMap((strategy) => {
    const routed = strategy.routing.length > 0
    const workloads = ['Deployment', 'StatefulSet'] as const
    if (!routed)
      return workloads.flatMap((kind) => [false, true].map((emergency) => unitOf({ strategy, kind, emergency })))
    return routers
      .filter(({ resolution }) => strategy.routing.includes(resolution))
      .flatMap((router) =>
        (['HTTPRoute', 'GRPCRoute'] as const).map((route) => unitOf({ strategy, kind: 'Deployment', router, route })),
      )
  })

interface Wish {
  readonly strategy: Strategy
  readonly kind: 'Deployment' | 'StatefulSet'
  readonly emergency?: boolean
  readonly router?: Router
  readonly route?: 'HTTPRoute' | 'GRPCRoute'
}

const [name, namespace] = ['web', 'web']
const ref = (kind: Kind): Ref => ({ kind, namespace, name })

const template = (tag: string, labels: Readonly<Record<string, string>> = {}) => ({
  metadata: { labels: { app: name, ...labels } },
  spec: { containers: [{ name, image: `${name}:${tag}` }] },
})

function viewOf({ kind, route = 'HTTPRoute' }: Wish): View {
  const spec = { replicas: 4, selector: { matchLabels: { app: name } }, template: template('v1') }
  const object = (kind: Kind, rest: object): KubeObject => ({
    apiVersion: kinds[kind].apiVersion,
    kind,
    metadata: { name, namespace, uid: kind, resourceVersion: '1', generation: 1 },
    ...rest,
  })
  const objects = [
    object(kind, { spec }),
    object('ReplicaSet', { spec }),
    object('Service', { spec: { selector: { app: name }, ports: [{ port: 80 }] } }),
    object('PodDisruptionBudget', { spec: { selector: { matchLabels: { app: name } } } }),
    object('HorizontalPodAutoscaler', { spec: { maxReplicas: 8 } }),
    object(route, { spec: { rules: [{ backendRefs: [{ name, port: 80 }] }] } }),
  ]
  return {
    at: 0,
    namespace,
    objects: new Map(objects.map((one) => [keyOf({ kind: one.kind as Kind, name }), one])),
    silentSince: null,
  }
}

const hooks: UnitHooks = { before: [], 'before-traffic': [], 'after-weight': [], after: [], 'on-rollback': [] }

function unitOf(wish: Wish): Unit {
  const { strategy, kind, router, emergency = false } = wish
  const view = viewOf(wish)
  const draft = draftOf(view)
  const secondary = `${name}-${strategy.secondary}`
  const templates: { readonly stable: Json; readonly new: Json } = {
    stable: template('v1'),
    new: template('v2', { [marks.release]: placeholders.run }),
  }
  const workload = ref(kind)
  const carrier = router?.find(view, name)
  const context: MoveContext = {
    service: name,
    namespace,
    workload,
    object: draft.seen(workload) as unknown as Deployment | StatefulSet,
    draft,
    seen: {
      stable: { name, hash: '1' },
      template: { stable: hashOf(templates.stable), new: hashOf(templates.new) },
      minReady: 0,
    },
    templates,
    router: router && carrier ? router.bind(draft, { namespace, service: name, secondary, workload }, carrier) : null,
    secondary,
    pins: [ref('Service')],
    budgets: [ref('PodDisruptionBudget')],
    autoscaler: ref('HorizontalPodAutoscaler'),
    hooks,
    title: strategy.name,
    deadline: minute,
    allowedBad: 0,
  }
  return compileUnit({ id: name, cluster: name, context, strategy, options: strategy.options.parse({}), emergency })
}
