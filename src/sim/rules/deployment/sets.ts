import { canonical, same } from '../../../core/json.ts'
import type { Deployment, PodTemplate, ReplicaSet } from '../../../core/objects.ts'
import { matches } from '../../../core/view.ts'
import { wordOf } from '../../random.ts'
import { controllerOf, isOwnedBy, ownerReference, type World } from '../../world.ts'
import { mostPods, wanted } from './numbers.ts'

const hashLabel = 'pod-template-hash'
export const revisionKey = 'deployment.kubernetes.io/revision'
export const desiredKey = 'deployment.kubernetes.io/desired-replicas'
export const mostKey = 'deployment.kubernetes.io/max-replicas'

/** The set whose pods are of the Deployment's present template, and all others, oldest first. */
export interface Sets {
  readonly young: ReplicaSet | null
  readonly old: readonly ReplicaSet[]
}

export const everySet = ({ young, old }: Sets): ReplicaSet[] => (young ? [...old, young] : [...old])

/** A Deployment owns the sets that it made, and takes in those that match its selector and belong to nobody. */
export function ownSets(world: World, deployment: Deployment): ReplicaSet[] {
  return world
    .all('ReplicaSet', deployment.metadata.namespace)
    .filter((set) => isOwnedBy(set, deployment) || isOrphanOf(set, deployment))
    .map((set) => (isOwnedBy(set, deployment) ? set : adopted(set, deployment)))
    .sort(byAge)
}

const isOrphanOf = (set: ReplicaSet, deployment: Deployment): boolean =>
  !controllerOf(set) && matches(deployment.spec.selector, set.metadata.labels)

const adopted = (set: ReplicaSet, deployment: Deployment): ReplicaSet => ({
  ...set,
  metadata: {
    ...set.metadata,
    ownerReferences: [...(set.metadata.ownerReferences ?? []), ownerReference(deployment)],
  },
})

const ageOf = (set: ReplicaSet): string => `${set.metadata.creationTimestamp} ${set.metadata.name}`
export const byAge = (a: ReplicaSet, b: ReplicaSet): number => (ageOf(a) < ageOf(b) ? -1 : ageOf(a) > ageOf(b) ? 1 : 0)

/** The oldest set of an equal template is the new one; the label with the hash does not count (EqualIgnoreHash). */
export function sorted(deployment: Deployment, own: readonly ReplicaSet[]): Sets {
  const young = own.find((set) => same(bare(set.spec.template), bare(deployment.spec.template))) ?? null
  return { young, old: own.filter((set) => set !== young) }
}

function bare(template: PodTemplate): unknown {
  const { labels = {}, ...metadata } = template.metadata ?? {}
  const { [hashLabel]: _, ...others } = labels
  return { ...template, metadata: { ...metadata, labels: others } }
}

export const hashOf = (deployment: Deployment, collisions: number): string =>
  wordOf(`${canonical(deployment.spec.template)} ${collisions || ''}`, 10)

export const revisionOf = (set: ReplicaSet): number => Number(set.metadata.annotations?.[revisionKey] ?? 0)

/** A set for the present template, not made yet. */
export function newSet(deployment: Deployment, hash: string, size: number, revision: number) {
  const { template, selector, minReadySeconds } = deployment.spec
  const labels = { ...template.metadata?.labels, [hashLabel]: hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      ...(deployment.metadata.namespace !== undefined && { namespace: deployment.metadata.namespace }),
      labels,
      annotations: {
        ...copiedAnnotations(deployment),
        ...sizeAnnotations(deployment),
        [revisionKey]: String(revision),
      },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: size,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}

/** By these annotations the controller later knows that somebody scaled the Deployment, and in which proportion. */
export const sizeAnnotations = (deployment: Deployment): Record<string, string> => ({
  [desiredKey]: String(wanted(deployment)),
  [mostKey]: String(mostPods(deployment)),
})

const notCopied: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionKey,
  'deployment.kubernetes.io/revision-history',
  desiredKey,
  mostKey,
  'deprecated.deployment.rollback.to',
])

export const copiedAnnotations = (deployment: Deployment): Record<string, string> =>
  Object.fromEntries(Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !notCopied.has(key)))
