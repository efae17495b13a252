import { isObject, type Json } from '../../../core/json.ts'
import { refName } from '../../../core/kinds.ts'
import type { Condition, KubeObject } from '../../../core/objects.ts'
import type { Complaint } from '../../../core/preflight/complaint.ts'
import { all } from '../../../core/view.ts'
import { routers } from '../../../routers/index.ts'
import type { Check, Finding } from '../check.ts'
import { byStrategy } from '../merged.ts'
import { told } from '../scene.ts'
import type { Trial } from '../trial.ts'

export const isOfRouter = ({ code }: Complaint): boolean => /^(?:router|route)-/.test(code)

export const router: Check = {
  name: 'router',
  asks: 'Does something divide requests, and does it take our weights?',
  look: ({ trials }) =>
    trials.flatMap((trial) => (trial.view ? [...accepted(trial, trial.view), ...complaints(trial)] : [])),
}

const complaints = ({ place, strategies }: Trial): Finding[] =>
  byStrategy(
    place,
    strategies.map(({ strategy, complaints: every }) => ({
      strategy,
      complaints: every.filter(isOfRouter),
    })),
  )

/** Every route that a router finds, and whether its gateways have accepted it. */
function accepted({ place, service }: Trial, view: NonNullable<Trial['view']>): Finding[] {
  const weighted = routers.filter(({ resolution }) => resolution === 'weights')
  const routes = (['HTTPRoute', 'GRPCRoute'] as const)
    .flatMap((kind) => all(view, kind))
    .filter((route) => {
      const alone = {
        ...view,
        objects: new Map([...view.objects].filter(([, one]) => one === route || one.kind === 'Service')),
      }
      return weighted.some((one) => {
        const found = told(() => one.find(alone, service))
        return found !== null && !(found instanceof Error)
      })
    })
  if (routes.length === 0)
    return [
      {
        answer: 'ok',
        place,
        what: `no route sends to service ${service}: canary divides by the number of pods, blue-green cuts over by selector`,
      },
    ]
  return routes.map((route) => ofRoute(place, route))
}

function ofRoute(place: string, route: KubeObject): Finding {
  const called = refName({ kind: route.kind, name: route.metadata.name })
  const parents = parentsOf(route)
  const bad = parents.flatMap(({ name, conditions }) =>
    ['Accepted', 'ResolvedRefs'].flatMap((type) => {
      const condition = conditions.find((one) => one.type === type)
      if (condition?.status === 'True') return []
      return [
        `gateway ${name} says ${type}: ${condition ? `${condition.status}, ${condition.reason ?? 'no reason'}` : 'nothing'}`,
      ]
    }),
  )
  if (parents.length === 0)
    return {
      answer: 'warn',
      place,
      what: `${called}: no gateway has said anything about it, so weights may never take hold`,
      remedy: `kubectl describe ${called}: look at parentRefs and at the Gateway`,
    }
  return bad.length === 0
    ? { answer: 'ok', place, what: `${called} is accepted by ${parents.map(({ name }) => name).join(', ')}` }
    : { answer: 'warn', place, what: `${called}: ${bad.join('; ')}`, remedy: `kubectl describe ${called}` }
}

function parentsOf(route: KubeObject): { readonly name: string; readonly conditions: readonly Condition[] }[] {
  const status = route['status'] as { readonly parents?: readonly Json[] } | undefined
  return (status?.parents ?? []).filter(isObject).map(({ parentRef, conditions }) => ({
    name: isObject(parentRef) && typeof parentRef['name'] === 'string' ? parentRef['name'] : 'unknown',
    conditions: (Array.isArray(conditions) ? conditions : []) as unknown as readonly Condition[],
  }))
}
