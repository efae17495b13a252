import { DeployError } from '../core/errors.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { keyOf, type Ref, refName } from '../core/kinds.ts'
import { asserted } from '../core/moves/context.ts'
import type { KubeObject } from '../core/objects.ts'
import type { Mutation } from '../core/plan.ts'
import type { BoundRouter, Router, Where } from '../core/router.ts'
import { all } from '../core/view.ts'
import type { Draft } from '../core/draft.ts'

type BackendRef = JsonObject & { readonly name: string; readonly weight?: number }
interface Rule {
  readonly matches?: Json
  readonly backendRefs?: readonly BackendRef[]
  readonly sessionPersistence?: Json
}

const routeKinds = ['HTTPRoute', 'GRPCRoute'] as const

/** Gateway API validation: at most 16 backendRefs in a rule. */
const mostRefs = 16

const rulesOf = (route: KubeObject): readonly Rule[] =>
  (route['spec'] as { rules?: readonly Rule[] } | undefined)?.rules ?? []

const sendsTo =
  (service: string, namespace: string) =>
  (ref: BackendRef): boolean =>
    ref.name === service &&
    (ref['kind'] ?? 'Service') === 'Service' &&
    (ref['group'] ?? '') === '' &&
    (ref['namespace'] ?? namespace) === namespace

/** Weights of an HTTPRoute or GRPCRoute. */
export const gatewayApi: Router = {
  name: 'gateway-api',
  summary: 'weights of an HTTPRoute or GRPCRoute of the Gateway API',
  resolution: 'weights',
  beside: true,
  find(view, service, named) {
    const found = routeKinds.flatMap((kind) =>
      all(view, kind)
        .filter((route) => (named ? route.metadata.name === named : carries(route, service, view.namespace)))
        .map((route): Ref => ({ kind, namespace: view.namespace, name: route.metadata.name })),
    )
    if (found.length > 1) throw severalRoutes(found, service)
    return found[0] ?? null
  },
  bind(draft, where, object) {
    refuse(draft, where, object)
    const rules = rulesOf(draft.seen(object))
    const touched = rules.flatMap((rule, index) =>
      rule.backendRefs?.some(sendsTo(where.service, where.namespace)) ? [index] : [],
    )
    const path = (index: number): string => `/spec/rules/${index}/backendRefs`
    const identity = (index: number) => [{ path: `/spec/rules/${index}/matches`, is: rules[index]?.matches ?? null }]
    const write = (refsOf: (index: number) => Json): Mutation => {
      const changes = touched.flatMap((index) => {
        const mutation = draft.change(object, { [path(index)]: refsOf(index) }, { where: identity(index) })
        return mutation.verb === 'change' ? mutation.changes : []
      })
      return { verb: 'change', object, changes }
    }
    const accepted = { kind: 'accepted', object } as const
    const describe = (weight: number): string =>
      `route ${object.name}: ${where.service} ${100 - weight}, ${where.secondary} ${weight}`
    const bound: BoundRouter = {
      router: gatewayApi,
      describe,
      shift: (weight) => [
        {
          id: `route-${weight}`,
          does: describe(weight),
          action: asserted(
            write((index) => split(rules[index]?.backendRefs ?? [], where, weight)),
            accepted,
          ),
        },
      ],
      retire: () => [
        {
          id: 'route-retire',
          does: `route ${object.name}: only ${where.service}`,
          action: asserted(
            write((index) => rules[index]?.backendRefs ?? []),
            accepted,
          ),
        },
      ],
      back: () => [
        {
          id: `route-${object.name}`,
          does: `route ${object.name}: only ${where.service}`,
          action: asserted(draft.restore(object, touched.map(path)), accepted),
        },
      ],
      proof: () => 'accepted',
    }
    return bound
  },
}

/** Every reference to the Service becomes two; references to others keep their share of the rule. */
function split(
  refs: readonly BackendRef[],
  { service, secondary, namespace }: Pick<Where, 'service' | 'secondary' | 'namespace'>,
  weight: number,
): BackendRef[] {
  const isOurs = sendsTo(service, namespace)
  // A rule that sends everything to one Service has weight 1 there; plain percentages read better than 1 x 75.
  const alone = refs.length === 1
  return refs.flatMap((ref) => {
    const share = alone ? 1 : (ref.weight ?? 1)
    if (!isOurs(ref)) return [{ ...ref, weight: share * 100 }]
    return [
      { ...ref, weight: share * (100 - weight) },
      { ...ref, name: secondary, weight: share * weight },
    ]
  })
}

const carries = (route: KubeObject, service: string, namespace: string): boolean =>
  rulesOf(route).some((rule) => rule.backendRefs?.some(sendsTo(service, namespace)))

function refuse(draft: Draft, { service, namespace }: Where, object: Ref): void {
  const rules = rulesOf(draft.seen(object))
  const ours = rules.filter((rule) => rule.backendRefs?.some(sendsTo(service, namespace)))
  const problem = (what: string, why: string, remedy: string): DeployError =>
    new DeployError({ code: 'router-refused', what: `${refName(object)} ${what}`, why, remedy, exit: 'refused' })
  if (ours.length === 0)
    throw problem(
      `sends nothing to service ${service}`,
      'its weights would move no request of this service',
      `name the route that does: traffic: { router: gateway-api, route: … }`,
    )
  for (const rule of ours) {
    const refs = rule.backendRefs ?? []
    if (rule.sessionPersistence)
      throw problem(
        'has sessionPersistence',
        'sessions that stick would keep users on a version that was taken back',
        'remove it for the release, or use the strategy rolling',
      )
    if (refs.filter(sendsTo(service, namespace)).every((ref) => ref.weight === 0))
      throw problem(`gives service ${service} the weight 0`, 'there is nothing to divide', 'give it a weight first')
    if (refs.length + refs.filter(sendsTo(service, namespace)).length > mostRefs)
      throw problem(
        `has ${refs.length} backendRefs in one rule`,
        `the Gateway API allows ${mostRefs}, and the split adds one for each reference to ${service}`,
        'split the rule',
      )
  }
}

const severalRoutes = (found: readonly Ref[], service: string): DeployError =>
  new DeployError({
    code: 'router-ambiguous',
    what: `${found.length} routes send requests to service ${service}: ${found.map(keyOf).join(', ')}`,
    why: 'weights are set on one of them; requests through the others go to the stable pods until the finish',
    remedy: `say which one: traffic: { router: gateway-api, route: ${found[0]?.name} }`,
  })
