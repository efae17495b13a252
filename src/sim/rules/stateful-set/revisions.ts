import { canonical, same } from '../../../core/json.ts'
import type { KubeObject, PodTemplate, StatefulSet } from '../../../core/objects.ts'
import { wordOf } from '../../random.ts'
import { type Edit, find, isOwnedBy, ownerReference, type World } from '../../world.ts'

/** `web-6c8d…`: the name of the ControllerRevision that keeps this template. */
const revisionName = (set: StatefulSet): string => `${set.metadata.name}-${wordOf(canonical(set.spec.template), 10)}`

/** Both templates that pods may have now: the one before (below the partition) and the present one. */
export interface Revisions {
  readonly current: string
  readonly update: string
  templateOf(revision: string): PodTemplate
  readonly edits: readonly Edit[]
}

/** Templates are kept as ControllerRevisions, so that a pod below the partition can be made again as it was. */
export function revisionsOf(world: World, set: StatefulSet): Revisions {
  const { namespace = '' } = set.metadata
  const kept = world.all('ControllerRevision', namespace).filter((revision) => isOwnedBy(revision, set))
  // One that has this template already is taken again, whatever its name (`equalRevision`).
  const equal = kept.find((revision) => same(templateIn(revision), set.spec.template))
  const update = equal?.metadata.name ?? revisionName(set)
  const current = set.status?.currentRevision ?? update
  return {
    current,
    update,
    templateOf: (name) => {
      const revision = kept.find(({ metadata }) => metadata.name === name)
      return revision ? templateIn(revision) : set.spec.template
    },
    edits: find(world, 'ControllerRevision', namespace, update) ? [] : [keeping(set, update, kept.length + 1)],
  }
}

const templateIn = (revision: KubeObject): PodTemplate =>
  (revision['data'] as { spec: { template: PodTemplate } }).spec.template

const keeping = (set: StatefulSet, name: string, revision: number): Edit => ({
  do: 'create',
  object: {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace: set.metadata.namespace ?? '',
      labels: { ...set.spec.template.metadata?.labels },
      ownerReferences: [ownerReference(set)],
    },
    data: { spec: { template: set.spec.template } },
    revision,
  },
})
