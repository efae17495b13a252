import { minute, type Millis } from '../../core/time.ts'
import type { Reading, Series } from '../../core/metrics.ts'
import { type CountedPod, type Counts, count, none, nothingCounted, total } from '../counters.ts'
import { agree, slowerIn } from './streams.ts'

/** What one pod counted in a block of time. */
type PodCounts = Pick<Counts, 'requests' | 'bad'>

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

/**
 * The same of slow requests, by the bound that they exceed: pods may be slow each in its own way and yet fail alike. Of a
 * bound that is not in it there is too little to say.
 */
export function slowOverdispersion(blocks: readonly (readonly Counts[])[]): ReadonlyMap<Millis, number> {
  const whole = blocks.map((pods) => pods.filter(({ buckets }) => agree(buckets)))
  const bounds = new Set(whole.flatMap((pods) => pods.flatMap(({ buckets }) => [...buckets.keys()])))
  return new Map(
    [...bounds].filter(Number.isFinite).flatMap((bound) => {
      const phi = overdispersion(whole.map((pods) => pods.flatMap(({ buckets }) => slowerIn(buckets, bound) ?? [])))
      return phi === null ? [] : [[bound, phi] as const]
    }),
  )
}

/** What each pod of a reading counted, minute by minute. */
export function blocksOf(
  { series, ...rest }: Reading,
  pods: ReadonlyMap<string, CountedPod>,
  block: Millis = minute,
): readonly (readonly Counts[])[] {
  const own = new Map<string, Series[]>()
  for (const one of series) if (one.pod !== '') own.set(one.pod, [...(own.get(one.pod) ?? []), one])
  const blocks = new Map<number, Map<string, Counts>>()
  for (const [pod, all] of own)
    for (const increment of count(nothingCounted, { series: all, ...rest }, pods).increments) {
      const key = Math.floor(increment.at / block)
      const counts = blocks.get(key) ?? new Map<string, Counts>()
      blocks.set(key, counts.set(pod, total([counts.get(pod) ?? none, increment])))
    }
  return [...blocks.values()].map((counts) => [...counts.values()])
}
