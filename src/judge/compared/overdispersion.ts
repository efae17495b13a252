import { minute, type Millis } from '../../core/time.ts'
import type { Reading, Series } from '../../core/metrics.ts'
import { type CountedPod, count, nothingCounted } from '../counters.ts'

/** What one pod counted in a block of time. */
export interface PodCounts {
  readonly requests: number
  readonly bad: number
}

const fewestBlocks = 30
/** How far back stable's samples are read: how much pods differ can't be told from less. */
export const looksBack: Millis = (fewestBlocks + 1) * minute
const most = 1000

/**
 * How much more the failures of pods vary than chance has it: 1 where requests fail independently, more where single pods
 * have bad minutes. What happens to all pods at once does not count. `null`: too little to say (fewer than 30 blocks of
 * two pods and a failure).
 */
export function overdispersion(blocks: readonly (readonly PodCounts[])[]): number | null {
  let [deviations, freedom, used] = [0, 0, 0]
  for (const block of blocks) {
    const pods = block.filter(({ requests }) => requests > 0)
    const requests = pods.reduce((sum, pod) => sum + pod.requests, 0)
    const bad = pods.reduce((sum, pod) => sum + pod.bad, 0)
    if (bad < 1 || pods.length < 2) continue
    for (const pod of pods) {
      const expected = (bad * pod.requests) / requests
      deviations += (pod.bad - expected) ** 2 / expected
    }
    freedom += pods.length - 1
    used += 1
  }
  if (used < fewestBlocks) return null
  return Math.min(most, 1 + 2 * Math.max(0, deviations / freedom - 1))
}

/** What each pod of a reading counted, minute by minute. */
export function blocksOf(
  { series, ...rest }: Reading,
  pods: ReadonlyMap<string, CountedPod>,
  block: Millis = minute,
): readonly (readonly PodCounts[])[] {
  const own = new Map<string, Series[]>()
  for (const one of series) if (one.pod !== '') own.set(one.pod, [...(own.get(one.pod) ?? []), one])
  const blocks = new Map<number, Map<string, PodCounts>>()
  for (const [pod, all] of own)
    for (const { at, requests, bad } of count(nothingCounted, { series: all, ...rest }, pods).increments) {
      const key = Math.floor(at / block)
      const counts = blocks.get(key) ?? new Map<string, PodCounts>()
      const before = counts.get(pod) ?? { requests: 0, bad: 0 }
      counts.set(pod, { requests: before.requests + requests, bad: before.bad + bad })
      blocks.set(key, counts)
    }
  return [...blocks.values()].map((counts) => [...counts.values()])
}
