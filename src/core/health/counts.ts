import type { Pod, ReplicaSet } from '../objects.ts'
import type { Millis } from '../time.ts'
import { isTerminating } from '../view.ts'
import { type Memory, restartsSince } from './memory.ts'
import { progress } from './progress.ts'

/** New pods, by what is so with them. */
export interface Counts {
  /** How many there should be, by the ReplicaSets; where there are none, how many there are. At least 1. */
  readonly wanted: number
  /** That are there and not on their way out. */
  readonly present: number
  readonly ready: number
  /** Available by our own definition, without those that are bad. */
  readonly available: number
  readonly bad: number
  /** That the environment took lately, those that are gone included. */
  readonly foreign: number
  /** Of these, the ones that are there still, so that no other comes in their place. */
  readonly excused: number
  readonly restarts: number
}

export interface Counted {
  readonly newPods: readonly Pod[]
  readonly newSets: readonly ReplicaSet[]
  readonly bad: ReadonlySet<Pod>
  readonly excused: ReadonlySet<Pod>
  readonly memory: Memory
  readonly minReady: Millis
  readonly at: Millis
}

export function countsOf({ newPods, newSets, bad, excused, memory, minReady, at }: Counted): Counts {
  const present = newPods.filter((pod) => !isTerminating(pod) && pod.status?.phase !== 'Failed')
  const asked = newSets.reduce((sum, set) => sum + (set.spec.replicas ?? 1), 0)
  return {
    wanted: Math.max(1, newSets.length > 0 ? asked : present.length),
    present: present.length,
    ready: progress(newPods, minReady, at).ready,
    available: progress(
      newPods.filter((pod) => !bad.has(pod) && !excused.has(pod)),
      minReady,
      at,
    ).available,
    bad: bad.size,
    foreign: new Set([...Object.keys(memory.foreign), ...[...excused].map((pod) => pod.metadata.uid)]).size,
    excused: present.filter((pod) => excused.has(pod)).length,
    restarts: newPods.reduce((sum, pod) => sum + restartsIn(pod, memory), 0),
  }
}

const restartsIn = (pod: Pod, memory: Memory): number =>
  [...(pod.spec.initContainers ?? []), ...pod.spec.containers].reduce(
    (sum, { name }) => sum + restartsSince(memory, pod.metadata.uid, name),
    0,
  )
