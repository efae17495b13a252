import { isObject, type Json } from '../json.ts'
import { marks } from '../marks.ts'
import type { ReplicaSet } from '../objects.ts'
import type { Unit } from '../plan.ts'
import { find, replicaSetsOf, type View } from '../view.ts'

/** One unit of a plan that nobody vouches for, beside what is known of it without that plan. */
export interface TrustCase {
  readonly unit: Unit
  readonly run: string
  readonly view: View
  /** What our Service and budget beside may be called. */
  readonly besides: readonly string[]
  /** In place: there may be no set of stable pods that anybody could name. */
  readonly emergency: boolean
  /** Of a StatefulSet: the template in the ControllerRevision of its stable pods; `null`: there is none. */
  readonly revision: Json
}

export const isWorkload = (
  { unit }: Pick<TrustCase, 'unit'>,
  { kind, name }: { kind: string; name: string },
): boolean => kind === unit.workload.kind && name === unit.workload.name

/** ReplicaSets of the workload: Kubernetes made them, and their annotations are copies. */
export function setsOfWorkload({ unit, view }: Pick<TrustCase, 'unit' | 'view'>): readonly ReplicaSet[] {
  const deployment = find(view, 'Deployment', unit.workload.name)
  return deployment && unit.workload.kind === 'Deployment' ? replicaSetsOf(view, deployment) : []
}

export const stableSetOf = (trust: Pick<TrustCase, 'unit' | 'view'>): ReplicaSet | undefined =>
  setsOfWorkload(trust).find(({ metadata }) => metadata.name === trust.unit.seen.stable.name)

/** The templates that Kubernetes kept, and to which a way back may lead. */
export function keptTemplates(trust: TrustCase): readonly Json[] {
  const { unit, run, emergency, revision } = trust
  if (unit.workload.kind === 'StatefulSet') return revision === null ? [] : [bareTemplate(revision)]
  const stable = stableSetOf(trust)
  if (stable) return [bareTemplate(stable.spec.template)]
  const before = setsOfWorkload(trust).filter(({ spec }) => spec.template.metadata?.labels?.[marks.release] !== run)
  return emergency ? before.map(({ spec }) => bareTemplate(spec.template)) : []
}

/** As somebody wrote it: without what Kubernetes, or a release, adds to the template of a set. */
export function bareTemplate(template: unknown): Json {
  if (!isObject(template)) return null
  const { metadata, $patch: _, ...rest } = template
  const { labels, annotations, creationTimestamp: __, ...others } = isObject(metadata) ? metadata : {}
  const { 'pod-template-hash': ___, ...ownLabels } = isObject(labels) ? labels : {}
  const { [marks.stable]: ____, ...ownAnnotations } = isObject(annotations) ? annotations : {}
  const filled = {
    ...others,
    ...(Object.keys(ownLabels).length > 0 && { labels: ownLabels }),
    ...(Object.keys(ownAnnotations).length > 0 && { annotations: ownAnnotations }),
  }
  return { ...rest, ...(Object.keys(filled).length > 0 && { metadata: filled }) }
}
