import type { Labels } from '../../core/matchers.ts'
import { idOf } from './identity.ts'
import type { Found } from './prometheus-api.ts'

/** Labels that say who scraped and for what, but not what was counted. */
const scraperLabels = ['job', 'endpoint', 'prometheus', 'prometheus_replica', 'replica', 'monitor']

export interface OfPods {
  readonly podLabel: string
  readonly namespace: string
  readonly cluster: string
}

/**
 * The series of each pod, once: a pod that two jobs or two replicas of Prometheus scrape is there twice with the same
 * counters. Of those always the same one is taken while it is there, so that no counter seems to jump.
 */
export function onceEach({ podLabel, namespace, cluster }: OfPods) {
  const kept = new Map<string, string>()

  const ofPod = (pod: string, metric: string, found: readonly Found[]): readonly Found[] | { readonly why: string } => {
    const here = placed(placed(found, 'namespace', namespace), 'cluster', cluster)
    const places = ['namespace', 'cluster'].find((label) => valuesOf(here, label).length > 1)
    if (places !== undefined) {
      const values = valuesOf(here, places).sort().join(', ')
      return {
        why: `Prometheus has several pods of this name, with ${places} ${values}: add ${places} to requests of metrics`,
      }
    }
    const scrapers = new Set(here.map(({ labels }) => scraperOf(labels)))
    const key = `${pod} ${metric}`
    const before = kept.get(key)
    const chosen = before !== undefined && scrapers.has(before) ? before : ([...scrapers].sort()[0] ?? '')
    if (hasTwins(here)) {
      const instances = valuesOf(here, 'instance').sort().join(' and ')
      return {
        why: `the same is counted at ${instances}: say which in requests of metrics, for example by container or instance`,
      }
    }
    kept.set(key, chosen)
    const isOnlyOne = valuesOf(here, 'instance').length === 1
    return isOnlyOne ? here.filter(({ labels }) => scraperOf(labels) === chosen) : here
  }

  return {
    ofPod,
    /** The same whoever scraped it. */
    idOf: (name: string, labels: Labels): string =>
      idOf(name, without(labels, [...scraperLabels, '__name__', podLabel])),
  }
}

/** Those of our place, if there are any and others too. */
const placed = (found: readonly Found[], label: string, ours: string): readonly Found[] => {
  const own = found.filter(({ labels }) => labels[label] === ours)
  return own.length > 0 ? own : found
}

const valuesOf = (found: readonly Found[], label: string): string[] => [
  ...new Set(found.flatMap(({ labels }) => labels[label] ?? [])),
]

const scraperOf = (labels: Labels): string =>
  idOf('', Object.fromEntries(scraperLabels.map((label) => [label, labels[label] ?? ''])))

/** Whether two places of a pod count the same thing: nobody knows which is meant. */
function hasTwins(found: readonly Found[]): boolean {
  const places = new Map<string, string>()
  return found.some(({ labels }) => {
    const key = idOf('', without(labels, [...scraperLabels, 'instance']))
    const instance = labels['instance'] ?? ''
    const other = places.get(key)
    places.set(key, instance)
    return other !== undefined && other !== instance
  })
}

const without = (labels: Labels, names: readonly string[]): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)))
