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

/**
 * The runs that are kept in a namespace, the one that was last written first. Only last segments are read, in one request;
 * a full one that does not say whether another follows takes a second.
 */
export async function keptRuns(
  { cluster, namespace }: { readonly cluster: Cluster; readonly namespace: string },
  want: 'open' | 'any',
  call: Call,
): Promise<readonly KeptRun[]> {
  const list = (labelSelector: string): Promise<readonly KubeObject[]> =>
    cluster.list({ kind: 'ConfigMap', namespace, labelSelector }, call)
  if (want === 'any') return told(newestOf(await list(last)), cluster.name, namespace)
  const segments = await list(`${last},!${keeps.closed}`)
  // What follows a full one may be the end of the run, which was not asked for.
  const full = [...newestOf(segments)].filter(([, { object }]) => object['immutable'] === true).map(([run]) => run)
  const ends = full.length === 0 ? [] : await list(`${last},${keeps.closed},${keeps.run} in (${full.join(',')})`)
  return told(newestOf([...segments, ...ends]), cluster.name, namespace).filter(({ isOpen }) => isOpen)
}

/** Segments that another one is not said to follow. Who says so may die before, so a run may have several. */
const last = `${keeps.managedBy}=deploy,${keeps.part}=journal,!${keeps.sealed}`

interface Segment {
  readonly object: KubeObject
  readonly number: number
}

function newestOf(segments: readonly KubeObject[]): ReadonlyMap<string, Segment> {
  const newest = new Map<string, Segment>()
  for (const object of segments) {
    const run = object.metadata.labels?.[keeps.run] ?? ''
    const found = numberOf(object, run)
    if (found?.part !== 'journal' || (newest.get(run)?.number ?? 0) >= found.number) continue
    newest.set(run, { object, number: found.number })
  }
  return newest
}

function told(newest: ReadonlyMap<string, Segment>, cluster: string, namespace: string): readonly KeptRun[] {
  return [...newest]
    .map(([run, { object, number }]): KeptRun => {
      const { labels = {} } = object.metadata
      const service = labels[keeps.service] ?? ''
      const isOpen = labels[keeps.closed] === undefined
      return { run, service, isOpen, last: lastAt(object, number), cluster, namespace }
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
