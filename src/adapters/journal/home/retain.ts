import { DeployError } from '../../../core/errors.ts'
import type { KubeObject } from '../../../core/objects.ts'
import type { Call } from '../../../ports.ts'
import type { Home } from './establish.ts'
import { keeps, ofRun } from './names.ts'

/** So many runs of a service that are over stay in their home. */
const most = 10

/** Removes the oldest runs of the service that are over. Best effort: the next one that closes tries again. */
export async function retain({ cluster, place: { namespace, service } }: Home, call: Call): Promise<readonly string[]> {
  try {
    const closed = `${keeps.managedBy}=deploy,${keeps.part}=journal,${keeps.closed}=true,${keeps.service}=${service}`
    const last = await cluster.list({ kind: 'ConfigMap', namespace, labelSelector: closed }, call)
    const old = last.toSorted(newestFirst).slice(most)
    const runs = [...new Set(old.flatMap(({ metadata }) => metadata.labels?.[keeps.run] ?? []))]
    for (const run of runs) await removeRun({ cluster, namespace, run }, call)
    return runs
  } catch (error) {
    if (error instanceof DeployError || call.signal.aborted) return []
    throw error
  }
}

const newestFirst = (a: KubeObject, b: KubeObject): number =>
  (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '')

/** Removes all that a cluster keeps of a run, its journal first: what is half gone must not look like a run. */
export async function removeRun(
  { cluster, namespace, run }: { readonly cluster: Home['cluster']; readonly namespace: string; readonly run: string },
  call: Call,
): Promise<void> {
  const objects = await cluster.list({ kind: 'ConfigMap', namespace, labelSelector: ofRun(run) }, call)
  const order = ({ metadata }: KubeObject): number => (metadata.labels?.[keeps.part] === 'journal' ? 0 : 1)
  for (const { metadata } of objects.toSorted((a, b) => order(a) - order(b)))
    await cluster.write(
      { verb: 'delete', object: { kind: 'ConfigMap', namespace, name: metadata.name }, uid: metadata.uid ?? '' },
      call,
    )
}
