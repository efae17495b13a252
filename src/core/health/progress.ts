import type { Pod } from '../objects.ts'
import type { Millis } from '../time.ts'
import { readySince } from '../view.ts'

export interface Progress {
  readonly ready: number
  /** Ready for minReady and not on their way out: our own count, for under a brake the controller's means nothing. */
  readonly available: number
  /** When the next pod that is Ready becomes available; `null` when none is waiting for that. */
  readonly next: Millis | null
}

export function progress(pods: readonly Pod[], minReady: Millis, now: Millis): Progress {
  const since = pods.map(readySince).filter((at) => at !== null)
  const later = since.map((at) => at + minReady).filter((at) => at > now)
  return {
    ready: since.length,
    available: since.length - later.length,
    next: later.length > 0 ? Math.min(...later) : null,
  }
}
