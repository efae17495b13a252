import type { Hearing } from '../adapters/journal/home/follow.ts'
import { isAway } from '../engine/leases/away.ts'

/**
 * For whoever only looks on: a cluster that is away is no end of the run, so it is waited for. Said once, and once when it
 * is back. What waiting does not mend is thrown on.
 */
export function hearingOf(cluster: string, say: (text: string) => void): Hearing {
  let isHeard = true
  return {
    unheard(error) {
      if (!isAway(error)) throw error
      if (isHeard) say(`${cluster} is not heard, looking again: ${error.what}`)
      isHeard = false
    },
    heard() {
      if (!isHeard) say(`${cluster} is heard again`)
      isHeard = true
    },
  }
}
