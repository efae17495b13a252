import type { ContainerStatus, KubeObject, Pod } from '../../../core/objects.ts'
import type { Millis } from '../../../core/time.ts'
import { restartsOf } from '../../../core/view.ts'
import { since } from './ago.ts'
import { age, column, name, spec, status, text, wide } from './columns.ts'
import type { Column } from './columns.ts'

const containers = (object: KubeObject): readonly ContainerStatus[] => (object as Pod).status?.containerStatuses ?? []

export const pod: readonly Column[] = [
  name,
  column('Ready', (object) => {
    const all = (object as Pod).spec.containers.length
    return `${containers(object).filter(({ ready }) => ready).length}/${all}`
  }),
  column('Status', statusOf),
  column('Restarts', restarts),
  age,
  wide(column('IP', (object) => text(status(object)['podIP']))),
  wide(column('Node', (object) => text(spec(object)['nodeName']))),
  wide(column('Nominated Node', () => '<none>')),
  wide(column('Readiness Gates', () => '<none>')),
]

/** What goes wrong stands before the phase (pkg/printers/internalversion/printers.go, `printPod`). */
function statusOf(object: KubeObject): string {
  const { metadata, status: seen } = object as Pod
  if (metadata.deletionTimestamp) return 'Terminating'
  const reasons = containers(object).map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason)
  return reasons.find((reason) => reason !== undefined) ?? seen?.reason ?? seen?.phase ?? 'Pending'
}

function restarts(object: KubeObject, now: Millis): string {
  const total = restartsOf(object as Pod)
  const ends = containers(object).flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? [])
  const last = ends.sort().at(-1)
  return total > 0 && last !== undefined ? `${total} (${since(last, now)} ago)` : `${total}`
}
