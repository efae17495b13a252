import { type Millis, minute } from '../time.ts'
import { isReady, isTerminating } from '../view.ts'
import type { Context } from './rule.ts'
import { many } from './words.ts'

/** "At the same time": restarts and lost readiness of stable pods count for so long. */
const together: Millis = 2 * minute

export interface Trouble {
  /** Share of stable's pods, 0 to 1. */
  readonly share: number
  readonly because: string
  readonly evidence: readonly string[]
}

/** Stable's pods that restarted, or lost their readiness, just now. */
export function stableTrouble({ stablePods, memory }: Context, at: Millis): Trouble | null {
  const pods = stablePods.filter((pod) => !isTerminating(pod))
  const worse = pods.filter((pod) => {
    const since = memory.worse[pod.metadata.uid ?? pod.metadata.name]
    return since !== undefined && at - since <= together
  })
  if (worse.length === 0) return null
  return {
    share: worse.length / pods.length,
    because: `${worse.length} of ${many(pods.length, 'stable pod')} got worse at the same time`,
    evidence: worse.map(
      (pod) => `stable pod ${pod.metadata.name} ${isReady(pod) ? 'restarted' : 'is no longer Ready'}`,
    ),
  }
}

/**
 * The environment is to blame when stable suffers comparably: its share of pods that got worse is at least half the
 * share of new pods that are bad. One restart among twenty stable pods doesn't excuse a release that crashes everywhere.
 */
export const isShared = (trouble: Trouble | null, badShare: number): trouble is Trouble =>
  trouble !== null && trouble.share >= badShare / 2
