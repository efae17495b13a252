import type { KubeEvent, KubeObject } from '../objects.ts'
import type { Millis } from '../time.ts'
import { all, type View } from '../view.ts'
import { said } from './said.ts'

/** Events by the uid of the object that they are about, newest first. */
export type Events = ReadonlyMap<string, readonly KubeEvent[]>

/** When it was seen last, by the reporter's clock; repeated events of the newer API say so in `series`. */
export function timeOf(event: KubeEvent): Millis {
  const series = event['series'] as { lastObservedTime?: string } | undefined
  const text = series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp
  return Date.parse(text ?? '') || 0
}

export function eventsIn(view: View): Events {
  const events = new Map<string, KubeEvent[]>()
  for (const event of all(view, 'Event')) {
    const uid = event.involvedObject.uid
    if (!uid) continue
    const known = events.get(uid)
    if (known) known.push(event)
    else events.set(uid, [event])
  }
  for (const list of events.values()) {
    list.sort((a, b) => timeOf(b) - timeOf(a) || (a.metadata.name < b.metadata.name ? -1 : 1))
  }
  return events
}

export const eventsOf = (events: Events, object: KubeObject): readonly KubeEvent[] =>
  events.get(object.metadata.uid ?? '') ?? []

/** `Warning Unhealthy ×5: Readiness probe failed: …`. */
export function eventText({ type = 'Normal', reason, count = 1, message }: KubeEvent): string {
  return `${type} ${said(reason, 60)}${count > 1 ? ` ×${count}` : ''}: ${said(message)}`
}
