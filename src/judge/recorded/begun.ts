import { second, type Millis } from '../../core/time.ts'
import type { Begun, RecordedPoll, Recording } from './recording.ts'
import { plausible } from '../counters-totals.ts'

/** So many totals after the first one say how fast a side is: some sources stand still for a few polls. */
const enough = 5
/** So few requests are no life of a process, whatever the pace. */
const few = 10

/** The first total of a side, and how fast it rose at most from there on. */
interface Beginning {
  readonly at: Millis
  readonly requests: number
  readonly more: number
  readonly reads: number
  /** In a second. */
  readonly pace: number
}

/** Which sides' first totals are more than the time since the recording began can have brought: they were counted before. */
export async function begunBefore({ polls }: Pick<Recording, 'polls'>): Promise<Begun> {
  let [fresh, stable]: [Beginning | null, Beginning | null] = [null, null]
  for await (const poll of polls) {
    fresh = learnt(fresh, poll.at, poll.fresh)
    stable = learnt(stable, poll.at, poll.stable)
    if (fresh && stable && fresh.reads >= enough && stable.reads >= enough) break
  }
  return { fresh: isBefore(fresh, stable), stable: isBefore(stable, fresh) }
}

function learnt(before: Beginning | null, at: Millis, counted: RecordedPoll['fresh']): Beginning | null {
  if (!counted || (before && before.reads >= enough)) return before
  if (!before) return { at, requests: counted.requests, more: 0, reads: 0, pace: 0 }
  const more = before.more + counted.requests
  const pace = (more * second) / (at - before.at)
  return { ...before, more, reads: before.reads + 1, pace: Math.max(before.pace, pace) }
}

/**
 * One total by itself can't be told from others. A side that never rises has no pace of its own: a version that fails at
 * once may be given nothing more, and what it failed is of this time where the other side is as fast.
 */
function isBefore(one: Beginning | null, other: Beginning | null): boolean {
  if (!one || one.reads === 0) return false
  const pace = one.more > 0 ? one.pace : (other?.pace ?? 0)
  return one.requests > few + (plausible * pace * one.at) / second
}
