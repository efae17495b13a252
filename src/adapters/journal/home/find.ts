import type { Entry } from '../../../core/journal.ts'
import type { KubeObject } from '../../../core/objects.ts'
import type { Millis } from '../../../core/time.ts'
import type { Call, Cluster } from '../../../ports.ts'
import { shapeOf } from '../schema.ts'
import { keeps, numberOf } from './names.ts'
import { standingOf } from './segment.ts'

/** A run that a cluster keeps, as far as its last segment tells. */
export interface KeptRun {
  readonly run: string
  readonly service: string
  readonly isOpen: boolean
  /** Of its last entry, by its driver's clock; `null`: it has none yet. */
  readonly last: Millis | null
  readonly cluster: string
  readonly namespace: string
}

/** The runs that are kept in a namespace, the one that was last written first. One request; only last segments are read. */
export async function keptRuns(
  { cluster, namespace }: { readonly cluster: Cluster; readonly namespace: string },
  want: 'open' | 'any',
  call: Call,
): Promise<readonly KeptRun[]> {
  const last = `${keeps.managedBy}=deploy,${keeps.part}=journal,!${keeps.sealed}`
  const labelSelector = want === 'open' ? `${last},!${keeps.closed}` : last
  const segments = await cluster.list({ kind: 'ConfigMap', namespace, labelSelector }, call)
  const newest = new Map<string, { readonly object: KubeObject; readonly number: number }>()
  for (const object of segments) {
    const run = object.metadata.labels?.[keeps.run] ?? ''
    const found = numberOf(object, run)
    if (found?.part !== 'journal' || (newest.get(run)?.number ?? 0) >= found.number) continue
    newest.set(run, { object, number: found.number })
  }
  return [...newest]
    .map(([run, { object, number }]): KeptRun => {
      const { labels = {} } = object.metadata
      const service = labels[keeps.service] ?? ''
      const isOpen = labels[keeps.closed] === undefined
      return { run, service, isOpen, last: lastAt(object, number), cluster: cluster.name, namespace }
    })
    .toSorted((a, b) => (b.last ?? 0) - (a.last ?? 0) || a.run.localeCompare(b.run))
}

/** For the order of a list: whoever goes on with the run reads all of it, and checks that. */
function lastAt(object: KubeObject, number: number): Millis | null {
  const line = linesIn(object, number).at(-1)
  if (line === undefined) return null
  try {
    const shape = shapeOf({ ...(JSON.parse(line) as Entry), prev: '0'.repeat(64) })
    return 'entry' in shape ? shape.entry.at : null
  } catch {
    return null
  }
}

function linesIn(object: KubeObject, number: number): readonly string[] {
  try {
    return standingOf(object, number, { name: object.metadata.name, namespace: '', cluster: '' }).lines
  } catch {
    return []
  }
}
