import { isTerminating, isReady, matches } from '../../src/core/view.ts'
import type { Deployment, KubeObject, Pod, Service, StatefulSet } from '../../src/core/objects.ts'
import { marks } from '../../src/core/marks.ts'
import type { SimCluster } from '../../src/sim/sim.ts'
import type { Change } from '../../src/sim/store.ts'
import { find } from '../../src/sim/world.ts'
import { namespace } from '../engine/manifests.ts'

interface Backend {
  readonly name: string
  readonly weight?: number
}

export interface Laws {
  /** What was broken until now, in words. */
  readonly broken: readonly string[]
  /** What `act` does is somebody else's doing. */
  others<T>(act: () => T): T
}

/**
 * Looks at the truth of a cluster at each of its changes, not at what a watch told of it:
 *
 * - pods are taken back only when no request is sent to the new ones any more;
 * - a backend gets more requests only while it has the pods for them, forward and back;
 * - there are never fewer ready pods than the workload is to have.
 *
 * The last two can't be had where pods die by themselves, or by somebody else's hand (`mortal`); the last one not where
 * somebody scales while old pods drain (`scaled`): the controller takes pods of both versions and makes new ones again.
 */
export function lawsOf(
  cluster: SimCluster,
  { mortal, scaled = false }: { readonly mortal: boolean; readonly scaled?: boolean },
): Laws {
  const { store, timeline } = cluster.inside
  const broken: string[] = []
  let theirs = false
  let least = wanted()
  store.listen((change) => {
    least = Math.min(least, wanted())
    if (!theirs) broken.push(...objections(change).map((text) => `${timeline.now()} ${text}`))
  })
  return {
    broken,
    others(act) {
      theirs = true
      try {
        return act()
      } finally {
        theirs = false
      }
    },
  }

  function workload(): Deployment | StatefulSet | undefined {
    return find(store, 'Deployment', namespace, 'web') ?? find(store, 'StatefulSet', namespace, 'web')
  }
  function wanted(): number {
    return workload()?.spec.replicas ?? 0
  }
  function serving(selector: Readonly<Record<string, string>> = {}): number {
    return store
      .all('Pod', namespace)
      .filter(
        (pod: Pod) => isReady(pod) && !isTerminating(pod) && matches({ matchLabels: selector }, pod.metadata.labels),
      ).length
  }
  function selectorOf(service: string): Readonly<Record<string, string>> | undefined {
    return find(store, 'Service', namespace, service)?.spec.selector
  }

  function objections({ object, before, type }: Change): string[] {
    if (type === 'DELETED' || !before) return []
    if (mortal && object.kind !== 'Deployment') return []
    if (object.kind === 'HTTPRoute') return routed(partsOf(object), partsOf(before))
    if (object.kind === 'Service') return selected(object as Service, before as Service)
    if (object.kind === 'Deployment') return replaced(object as Deployment, before as Deployment)
    return object.kind === 'Pod' && !scaled ? manned() : []
  }

  function routed(parts: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): string[] {
    return [...parts].flatMap(([name, part]) => {
      if (part <= (before.get(name) ?? 0)) return []
      const ready = serving(selectorOf(name))
      const enough = Math.max(1, Math.floor(part * least))
      return ready < enough
        ? [`${Math.round(part * 100)} % of the requests went to ${name} with ${ready} ready pods`]
        : []
    })
  }

  function selected({ metadata: { name }, spec }: Service, before: Service): string[] {
    if (JSON.stringify(spec.selector) === JSON.stringify(before.spec.selector)) return []
    const [ready, was] = [serving(spec.selector), serving(before.spec.selector)]
    return was > 0 && ready < Math.min(was, least)
      ? [`service ${name} was left with ${ready} ready pods of ${was}`]
      : []
  }

  function replaced(object: Deployment, before: Deployment): string[] {
    const ours = ({ spec }: Deployment): boolean => spec.template.metadata?.labels?.[marks.release] !== undefined
    if (ours(object) || !ours(before)) return []
    return receiving()
      .filter((name) => selectorOf(name)?.[marks.release] !== undefined)
      .map((name) => `the template went back while requests were sent to the new pods of ${name}`)
  }

  /** Services that get requests: those of the route, and the one inside. */
  function receiving(): string[] {
    const route = find(store, 'HTTPRoute', namespace, 'web')
    return ['web', ...(route ? partsOf(route).keys() : [])]
  }

  function manned(): string[] {
    const ready = serving({ app: 'web' })
    const enough = find(store, 'StatefulSet', namespace, 'web') ? least - 1 : least
    return ready < enough ? [`${ready} of ${least} pods were ready`] : []
  }
}

/** The part of the requests that each backend gets; none for those that get nothing. */
function partsOf(route: KubeObject): ReadonlyMap<string, number> {
  const { rules = [] } = route['spec'] as { rules?: readonly { backendRefs?: readonly Backend[] }[] }
  const refs = rules[0]?.backendRefs ?? []
  const all = refs.reduce((sum, { weight = 1 }) => sum + weight, 0)
  return new Map(refs.filter(({ weight = 1 }) => weight > 0).map(({ name, weight = 1 }) => [name, weight / all]))
}
