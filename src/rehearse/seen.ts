import type { KubeObject, LabelSelector } from '../core/objects.ts'
import type { Unit } from '../core/plan.ts'
import { find, type View } from '../core/view.ts'
import type { KnownLoad } from './load.ts'

/** What is known of the world of one unit. */
export interface SeenUnit {
  readonly view: View
  /** `null`: it was not allowed to look at them. */
  readonly nodes: readonly KubeObject[] | null
  readonly load: KnownLoad
}

/** By unit. */
export type Seen = ReadonlyMap<string, SeenUnit>

export function seenOf(seen: Seen, unit: Unit): SeenUnit {
  const found = seen.get(unit.id)
  if (!found) throw new Error(`nothing was seen of ${unit.id}`)
  return found
}

/** By which its pods are found. */
export const selectorOf = (unit: Unit, view: View): LabelSelector =>
  (find(view, unit.workload.kind, unit.workload.name)?.['spec'] as { selector?: LabelSelector } | undefined)
    ?.selector ?? { matchLabels: { 'deploy/no-workload': 'true' } }

/** How many pods are asked for. */
export const replicasOf = (unit: Unit, view: View): number =>
  (find(view, unit.workload.kind, unit.workload.name)?.['spec'] as { replicas?: number } | undefined)?.replicas ?? 1
