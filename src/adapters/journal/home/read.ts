import type { Entry } from '../../../core/journal.ts'
import type { KubeObject } from '../../../core/objects.ts'
import type { Plan } from '../../../core/plan.ts'
import type { Call, Cluster } from '../../../ports.ts'
import { damaged, type Where } from './damaged.ts'
import { keeps, numberOf, ofRun, planRef, segmentRef } from './names.ts'
import { planOf } from './plan.ts'
import { entriesIn, type Standing, standingOf } from './segment.ts'

/** What a cluster keeps of a run. */
export interface HomeCopy {
  readonly plan: Plan
  readonly planHash: string
  readonly service: string
  readonly entries: readonly Entry[]
  /** The last segment. */
  readonly standing: Standing
}

/** A run that some cluster may keep. */
export interface Kept {
  readonly cluster: Cluster
  readonly namespace: string
  readonly run: string
}

/**
 * Reads all that a cluster keeps of a run, in one request: `null` when that is nothing. Everything in it is input: it is
 * unpacked within limits, checked against schema and chain, and named when it is damaged or missing.
 */
export async function readHome({ cluster, namespace, run }: Kept, call: Call): Promise<HomeCopy | null> {
  const objects = await cluster.list({ kind: 'ConfigMap', namespace, labelSelector: ofRun(run) }, call)
  return copyOf(objects, { cluster: cluster.name, namespace, run })
}

/** The copy in these objects, in whatever order they come. */
export function copyOf(
  objects: readonly KubeObject[],
  { cluster, namespace, run }: { readonly cluster: string; readonly namespace: string; readonly run: string },
): HomeCopy | null {
  const place = { namespace, run, service: '' }
  const where = (name: string): Where => ({ name, namespace, cluster })
  const parts = new Map<number, KubeObject>()
  const segments = new Map<number, KubeObject>()
  for (const object of objects) {
    const found = numberOf(object, run)
    if (found) (found.part === 'plan' ? parts : segments).set(found.number, object)
  }
  if (parts.size === 0 && segments.size === 0) return null
  const { plan, planHash } = planOf(parts, (part) => where(planRef(place, part).name))
  const entries: Entry[] = []
  let standing: Standing | undefined
  for (let number = 1; number <= Math.max(1, ...segments.keys()); number += 1) {
    const at = where(segmentRef(place, number).name)
    const object = segments.get(number)
    if (!object) throw damaged(at, 'it is gone')
    if (standing && !standing.sealed)
      throw damaged(at, 'it follows a segment that is not full, so the one before was changed')
    standing = standingOf(object, number, at)
    entries.push(...entriesIn(standing, entries.at(-1), planHash, at))
  }
  if (!standing) throw damaged(where(segmentRef(place, 1).name), 'it is gone')
  if (segments.get(standing.number)?.metadata.labels?.[keeps.sealed] !== undefined)
    throw damaged(where(segmentRef(place, standing.number + 1).name), 'it is gone')
  const service = segments.get(1)?.metadata.labels?.[keeps.service] ?? plan.release.service
  return { plan, planHash, service, entries, standing }
}
