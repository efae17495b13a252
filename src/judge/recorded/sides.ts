import { second, type Millis } from '../../core/time.ts'
import { type Counts, none } from '../counters.ts'
import { agree } from '../compared/streams.ts'
import type { RecordedSide } from './format.ts'

/** The last counters of a side, and how fast they rose. */
export interface SideMemory {
  readonly at: Millis
  readonly counts: Counts
  /** Requests in a second, over all that was seen. */
  readonly pace: number
}

/** Recordings count from their own beginning. */
export const startSide: SideMemory = { at: 0, counts: none, pace: 0 }

export interface SideRead {
  readonly memory: SideMemory
  /** Since the line before that had data; `null`: no data. */
  readonly counted: Counts | null
  /** Why something is no data. */
  readonly note: string | null
}

/** A process that started again has counted no more than so many times what was usual in the time. */
const plausible = 3

/**
 * What a side counted since its last sample. Where counters fell, all of them, its processes started again and all of the
 * new value is new; where only some fell, or to a value that can't have come together since, nobody knows what was counted.
 */
export function sideRead(before: SideMemory, at: Millis, side: RecordedSide | null): SideRead {
  if (side?.requests === undefined) return { memory: before, counted: null, note: null }
  const counts = countsOf(side)
  const took = (at - before.at) / second
  const total = (before.pace * before.at) / second
  const read = (from: Counts): SideRead => {
    const note = disagreement(counts.buckets, from.buckets)
    const requests = counts.requests - from.requests
    const buckets = note === null ? difference(counts.buckets, from.buckets) : none.buckets
    // Buckets that are gone for a while count on from where they were last seen.
    const kept = counts.buckets.size === 0 ? { ...counts, buckets: from.buckets } : counts
    const pace = at > 0 ? (total + requests) / (at / second) : 0
    return { memory: { at, counts: kept, pace }, counted: { requests, bad: counts.bad - from.bad, buckets }, note }
  }
  if (!fell(counts, before.counts)) return read(before.counts)
  const why = contradiction(counts, before, took)
  if (why === null) return read(none)
  return { memory: { at, counts, pace: before.pace }, counted: null, note: `no data: ${why}` }
}

const countsOf = ({ requests = 0, bad = 0, buckets = {} }: RecordedSide): Counts => ({
  requests,
  bad,
  buckets: new Map(
    Object.entries(buckets).map(([le, n]) => [le === '+Inf' ? Number.POSITIVE_INFINITY : millis(le), n]),
  ),
})

/** 0.1 s is 100 ms, not 100.00000000000001. */
const millis = (le: string): Millis => Number((Number(le) * second).toFixed(6))

const fell = (now: Counts, then: Counts): boolean => now.requests < then.requests || now.bad < then.bad

function contradiction(now: Counts, { counts: then, pace }: SideMemory, took: number): string | null {
  if (now.requests >= then.requests) return 'failed requests went down and requests did not'
  if (now.bad > 0 && now.bad >= then.bad) return 'requests went down and failed requests did not'
  if (now.requests > plausible * pace * took)
    return 'the counters went down to more than can have been counted since: no process started again'
  return null
}

/** Only the buckets are lost then; errors are counted on. */
function disagreement(now: Counts['buckets'], then: Counts['buckets']): string | null {
  if (now.size === 0) return then.size === 0 ? null : 'no data on latency: the buckets are gone'
  if (!agree(now)) return 'no data on latency: the buckets disagree'
  if (then.size > 0 && !sameBounds(now, then)) return 'no data on latency: other buckets than before'
  return [...now].some(([le, n]) => n < (then.get(le) ?? 0)) ? 'no data on latency: a bucket went down' : null
}

const sameBounds = (a: Counts['buckets'], b: Counts['buckets']): boolean =>
  a.size === b.size && [...a.keys()].every((le) => b.has(le))

const difference = (now: Counts['buckets'], then: Counts['buckets']): Counts['buckets'] =>
  new Map([...now].map(([le, n]) => [le, n - (then.get(le) ?? 0)]))
