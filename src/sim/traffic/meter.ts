import type { Share } from './shares.ts'

/** What every pod has counted by itself since its process began; as expected values, like the traffic. */
export interface Meter {
  count(share: Share, requests: number): void
  /** `null`: this pod has answered nothing yet. */
  read(pod: string, restarts: number): Counters | null
  /** Called before each reading: those who count add what came since. Returns how to stop that. */
  onRead(bringUpToDate: () => void): () => void
}

export interface Counters {
  readonly succeeded: number
  readonly failed: number
  /** Answers that took at most so long, for each of `bounds`. */
  readonly within: readonly number[]
  /** Of all answers together, in seconds. */
  readonly seconds: number
}

/** In seconds. */
export const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const

/** A latency of N ms is spread evenly between these parts of it; 95 % of the answers take at most `p95` of it. */
export const latencySpread = { least: 0.7, most: 1.3, p95: 1.27 } as const

export function newMeter(): Meter {
  const byProcess = new Map<string, Counters>()
  const counting = new Set<() => void>()
  const keyOf = (pod: string, restarts: number): string => `${pod}/${restarts}`

  return {
    count: ({ pod, restarts, failing, hangs, latency }, requests) => {
      if (pod === null || hangs) return
      const key = keyOf(pod, restarts)
      const { succeeded, failed, within, seconds } = byProcess.get(key) ?? nothing
      byProcess.set(key, {
        succeeded: succeeded + requests * (1 - failing),
        failed: failed + requests * failing,
        within: bounds.map((bound, index) => (within[index] ?? 0) + requests * partWithin(bound, latency / 1000)),
        seconds: seconds + (requests * latency) / 1000,
      })
    },
    read: (pod, restarts) => {
      for (const bringUpToDate of counting) bringUpToDate()
      return byProcess.get(keyOf(pod, restarts)) ?? null
    },
    onRead: (bringUpToDate) => {
      counting.add(bringUpToDate)
      return () => counting.delete(bringUpToDate)
    },
  }
}

const nothing: Counters = { succeeded: 0, failed: 0, within: [], seconds: 0 }

function partWithin(bound: number, latency: number): number {
  const [least, most] = [latency * latencySpread.least, latency * latencySpread.most]
  if (most <= bound) return 1
  return Math.max(0, (bound - least) / (most - least))
}
