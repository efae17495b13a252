import type { Pod } from '../objects.ts'
import type { Millis } from '../time.ts'
import { isReady } from '../view.ts'
import { lastExit, runtimeFault } from './exits.ts'
import type { Memory, Restarts } from './memory.ts'

interface Seen {
  readonly memory: Memory
  readonly newPods: readonly Pod[]
  readonly stablePods: readonly Pod[]
  readonly at: Millis
}

/** The memory with this observation's restarts, readiness and worsening of stable pods. Pods that are gone are forgotten. */
export function remember({ memory, newPods, stablePods, at }: Seen): Memory {
  // A new pod that was not there before restarted under our eyes; what others did before we came is not held against them.
  const watching = memory.began !== null
  const restarts = {
    ...restartsOf(memory, newPods, watching),
    ...restartsOf(memory, stablePods, false),
  }
  const beenReady = Object.fromEntries(
    [...newPods, ...stablePods]
      .filter((pod) => isReady(pod) || memory.beenReady[uidOf(pod)])
      .map((pod) => [uidOf(pod), true as const]),
  )
  return { ...memory, began: memory.began ?? at, restarts, beenReady, worse: worseOf(memory, stablePods, at) }
}

const uidOf = (pod: Pod): string => pod.metadata.uid ?? pod.metadata.name

const statusesOf = (pod: Pod) => [
  ...(pod.status?.initContainerStatuses ?? []),
  ...(pod.status?.containerStatuses ?? []),
]

function restartsOf(memory: Memory, pods: readonly Pod[], watching: boolean): Record<string, Restarts> {
  const restarts: Record<string, Restarts> = {}
  for (const pod of pods) {
    for (const status of statusesOf(pod)) {
      const key = `${uidOf(pod)}/${status.name}`
      const known = memory.restarts[key] ?? {
        excused: watching ? 0 : status.restartCount,
        most: watching ? 0 : status.restartCount,
      }
      const more = Math.max(0, status.restartCount - known.most)
      const excused = runtimeFault(lastExit(status)) ? known.excused + more : known.excused
      restarts[key] = { excused, most: known.most + more }
    }
  }
  return restarts
}

function worseOf(memory: Memory, stablePods: readonly Pod[], at: Millis): Record<string, Millis> {
  const worse: Record<string, Millis> = {}
  for (const pod of stablePods) {
    const uid = uidOf(pod)
    const before = memory.worse[uid]
    if (restarted(memory, pod) || (memory.beenReady[uid] && !isReady(pod))) worse[uid] = at
    else if (before !== undefined) worse[uid] = before
  }
  return worse
}

const restarted = (memory: Memory, pod: Pod): boolean =>
  statusesOf(pod).some((status) => {
    const known = memory.restarts[`${uidOf(pod)}/${status.name}`]
    return known !== undefined && status.restartCount > known.most
  })
