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
  return { fresh: isBefore(fresh), stable: isBefore(stable) }
}

function learnt(before: Beginning | null, at: Millis, counted: RecordedPoll['fresh']): Beginning | null {
  if (!counted || (before && before.reads >= enough)) return before
  if (!before) return { at, requests: counted.requests, more: 0, reads: 0, pace: 0 }
  const more = before.more + counted.requests
  const pace = (more * second) / (at - before.at)
  return { ...before, more, reads: before.reads + 1, pace: Math.max(before.pace, pace) }
}

/** One total by itself can't be told from others. */
const isBefore = (one: Beginning | null): boolean =>
  one !== null && one.reads > 0 && one.requests > few + (plausible * one.pace * one.at) / second
