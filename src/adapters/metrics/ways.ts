import type { Call, MeasuredPod, PodDoor } from '../../ports.ts'
import type { Place } from './place.ts'
import { type Page, type Wire, wireOver } from './wire.ts'

/** A way to the figures of a pod. */
export interface Way {
  /** For people: `by port-forward`. */
  readonly name: string
  get(pod: MeasuredPod, place: Place, call: Call): Promise<Page>
  /** Lets go of what is kept for pods other than these. */
  keep(uids: ReadonlySet<string>): void
}

/**
 * The best way first. Port-forward comes out beside the pod's own processes, so it works with strict mTLS and network
 * policies, wherever `kubectl logs` does; the API server's proxy needs to reach the pod's address.
 */
export const waysOver = (door: PodDoor, namespace: string): readonly Way[] => [
  byForward(door, namespace),
  byProxy(door, namespace),
]

function byForward(door: PodDoor, namespace: string): Way {
  const wires = new Map<string, { readonly wire: Wire; readonly key: string }>()
  const wireTo = ({ name, uid }: MeasuredPod, { scheme, port }: Place): Wire => {
    const key = `${scheme} ${port}`
    const kept = wires.get(uid)
    if (kept?.key === key) return kept.wire
    kept?.wire[Symbol.dispose]()
    const wire = wireOver({ scheme, port, open: (call) => door.forward({ namespace, name, port }, call) })
    wires.set(uid, { wire, key })
    return wire
  }
  return {
    name: 'by port-forward',
    get: (pod, place, call) => wireTo(pod, place).get(place.path, call),
    keep: (uids) => {
      for (const [uid, { wire }] of wires) {
        if (uids.has(uid)) continue
        wire[Symbol.dispose]()
        wires.delete(uid)
      }
    },
  }
}

const byProxy = (door: PodDoor, namespace: string): Way => ({
  name: 'by the proxy of the API server',
  get: ({ name }, { scheme, port, path }, call) => door.get({ namespace, name, port }, { scheme, path }, call),
  keep: () => {},
})
