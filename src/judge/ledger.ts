import type { Track } from '../core/plan.ts'
import type { Millis } from '../core/time.ts'
import { type Counts, type Increment, total } from './counters.ts'

/** The increments of one track, by time: what was counted in a span is looked up instead of searched for. */
export interface Ledger {
  /** When the first request was counted. */
  readonly first: Millis | null
  /** When the last increment that is not later was counted. */
  lastUpTo(at: Millis): Millis | null
  /** After `from`, up to and including `to`. */
  between(from: Millis, to: Millis): Counts
}

/** A history is replaced at each poll, and looked at many times before the next: other units are polled meanwhile. */
const ledgers = new WeakMap<readonly Increment[], Readonly<Record<Track, Ledger>>>()

export function ledgerOf(increments: readonly Increment[], track: Track): Ledger {
  const known = ledgers.get(increments)
  if (known) return known[track]
  const made = { new: madeOf(increments, 'new'), stable: madeOf(increments, 'stable') }
  ledgers.set(increments, made)
  return made[track]
}

function madeOf(increments: readonly Increment[], track: Track): Ledger {
  const own = increments.filter((one) => one.track === track)
  // Pods are not read at the same moment: one that was slow may bring an older increment later.
  const byTime = own.toSorted((a, b) => a.at - b.at)
  const spans = new Map<number, Counts>()
  return {
    first: own.find(({ requests }) => requests > 0)?.at ?? null,
    lastUpTo: (at) => byTime[upTo(byTime, at) - 1]?.at ?? null,
    between(from, to) {
      const [begin, end] = [upTo(byTime, from), upTo(byTime, to)]
      const name = begin * (byTime.length + 1) + end
      const counted = spans.get(name) ?? total(byTime.slice(begin, end))
      spans.set(name, counted)
      return counted
    },
  }
}

/** How many of them are not later than this. */
function upTo(byTime: readonly Increment[], at: Millis): number {
  let [low, high] = [0, byTime.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((byTime[middle] as Increment).at <= at) low = middle + 1
    else high = middle
  }
  return low
}
