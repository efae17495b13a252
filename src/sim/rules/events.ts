import type { KubeEvent, KubeObject } from '../../core/objects.ts'
import type { Millis } from '../../core/time.ts'
import { wordOf } from '../random.ts'
import { type Edit, find, stamped, type World } from '../world.ts'

/** An Event of type Warning about an object; the same words again raise its count. */
export function warning(
  world: World,
  about: KubeObject,
  { reason, message }: { readonly reason: string; readonly message: string },
  now: Millis,
): Edit[] {
  const { name, namespace = '', uid = '' } = about.metadata
  const event = `${name}.${wordOf(`${uid} ${reason} ${message}`, 12)}`
  const known = find(world, 'Event', namespace, event) as KubeEvent | undefined
  if (known) {
    const again = { ...known, count: (known.count ?? 1) + 1, lastTimestamp: stamped(now) }
    return [{ do: 'put', object: again }]
  }
  const object = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: event, namespace },
    involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid },
    type: 'Warning',
    reason,
    message,
    count: 1,
    firstTimestamp: stamped(now),
    lastTimestamp: stamped(now),
  }
  return [{ do: 'create', object }]
}
