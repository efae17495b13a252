import { messageOf } from '../core/errors.ts'
import { type Log, logsWanted, withLogs } from '../core/health/logs.ts'
import { second } from '../core/time.ts'
import type { Look } from '../engine/look.ts'
import type { Cluster } from '../ports.ts'
import type { Aside } from './aside.ts'

/** What is noted of the worst pod; the last lines of its log are kept aside. */
export async function podEvidence(
  { worst, view }: Look,
  { cluster }: { readonly cluster: Cluster },
  aside: Aside,
): Promise<readonly string[]> {
  if (!worst) return []
  const { bundle, pod } = worst
  const logs = await logsOf(worst, view.namespace, cluster)
  const kept = await aside.keep({
    name: `worst-${pod.metadata.name}.txt`,
    whole: withLogs(bundle, logs),
    shown: withLogs([], logs),
  })
  return [...bundle, `with its logs: ${kept}`]
}

/** A log that can't be had is said to be missing. */
function logsOf(worst: NonNullable<Look['worst']>, namespace: string, cluster: Cluster): Promise<readonly Log[]> {
  const signal = AbortSignal.timeout(5 * second)
  return Promise.all(
    logsWanted(worst).map(async (wanted) => {
      const { pod, container, previous, lines } = wanted
      const text = await cluster
        .log({ kind: 'Pod', namespace, name: pod }, { container, previous, lines }, { signal })
        .catch((error: unknown) => `(no log: ${messageOf(error)})`)
      return { ...wanted, text }
    }),
  )
}
