import { sameKeys } from '../../core/same-keys.ts'
import { second, type Millis } from '../../core/time.ts'
import { type Counts, none } from '../counters.ts'
import { plausible } from '../counters-totals.ts'
import { agree } from '../compared/streams.ts'
import type { RecordedSide } from './format.ts'

/** The last counters of a side that are to be believed, and how fast they rose. */
export interface SideMemory {
  /** `null`: nothing was read yet. */
  readonly at: Millis | null
  readonly counts: Counts
  /** Requests in a second, over all that was seen since. */
  readonly pace: number
  readonly since: Millis
  /** Read after them, and lower than they can be. */
  readonly doubt: Doubt | null
  /** The first totals were counted before the recording: the side begins there. */
  readonly isBegun: boolean
}

interface Doubt {
  readonly at: Millis
  readonly counts: Counts
  readonly why: string
  /** So few requests that the processes may have started again; failed ones say otherwise. */
  readonly mayBeReset: boolean
}

/** Recordings count from their own beginning. */
export const startSide: SideMemory = { at: null, counts: none, pace: 0, since: 0, doubt: null, isBegun: false }

export interface SideRead {
  readonly memory: SideMemory
  /** Since the last line that had data; `null`: no data. */
  readonly counted: Counts | null
  /** Of that time some is not in it, for ever: counters began, or began again. */
  readonly isAnew: boolean
  /** Why something is no data. */
  readonly note: string | null
}

/**
 * What a side counted since its last sample. Where counters fell, all of them, its processes started again and all of the
 * new value is new; where only some fell, or to a value that can't have come together since, it is no data until they are
 * back where they were: what was counted once is never counted twice.
 */
export function sideRead(before: SideMemory, at: Millis, side: RecordedSide | null): SideRead {
  if (side?.requests === undefined) return { memory: before, counted: null, isAnew: false, note: null }
  const counts = countsOf(side)
  if (before.at === null && before.isBegun)
    return { memory: { ...before, at, counts, since: at }, counted: null, isAnew: true, note: null }
  if (!fell(counts, before.counts)) return read(before, at, counts, before.counts)
  const { doubt } = before
  const goesOn = doubt !== null && !fell(counts, doubt.counts)
  // A glitch would be over by now: failures are counted on from where the processes are.
  if (goesOn && doubt.mayBeReset) return read(before, at, counts, doubt.counts)
  // Whatever was read last, believed or not: nothing started again before.
  const took = (at - (doubt?.at ?? before.at ?? 0)) / second
  const found = goesOn ? doubt : contradiction(counts, before, took)
  if (!found) return read(before, at, counts, none)
  return {
    memory: { ...before, doubt: { ...found, at, counts } },
    counted: null,
    isAnew: false,
    note: `no data: ${found.why}`,
  }
}

function read(before: SideMemory, at: Millis, counts: Counts, from: Counts): SideRead {
  const disagreed = disagreement(counts.buckets, from.buckets)
  const requests = counts.requests - from.requests
  const buckets = disagreed ? none.buckets : difference(counts.buckets, from.buckets)
  // Buckets that are gone or wrong for a while count on from where they were last seen.
  const kept = disagreed && !disagreed.isAnew ? { ...counts, buckets: from.buckets } : counts
  const total = before.pace * ((before.at ?? before.since) - before.since) + requests * second
  const pace = at > before.since ? total / (at - before.since) : 0
  return {
    memory: { ...before, at, counts: kept, pace, doubt: null },
    counted: { requests, bad: counts.bad - from.bad, buckets },
    isAnew: before.at === null || from !== before.counts || disagreed?.isAnew === true,
    note: disagreed && `no data on latency: ${disagreed.why}`,
  }
}

export const countsOf = ({ requests = 0, bad = 0, buckets = {} }: RecordedSide): Counts => ({
  requests,
  bad,
  buckets: byBound(buckets),
})

/** Bounds are written in seconds. */
export const byBound = (all: Readonly<Record<string, number>>): ReadonlyMap<Millis, number> =>
  new Map(Object.entries(all).map(([le, n]) => [le === '+Inf' ? Number.POSITIVE_INFINITY : millis(le), n]))

/** 0.1 s is 100 ms, not 100.00000000000001. */
const millis = (le: string): Millis => Number((Number(le) * second).toFixed(6))

const fell = (now: Counts, then: Counts): boolean => now.requests < then.requests || now.bad < then.bad

function contradiction(
  now: Counts,
  { counts: then, pace }: SideMemory,
  took: number,
): Pick<Doubt, 'why' | 'mayBeReset'> | null {
  if (now.requests >= then.requests) return { why: 'failed requests went down and requests did not', mayBeReset: false }
  const few = now.requests <= plausible * pace * took
  // Where none had failed, failures can't go down: then requests alone say it.
  if (then.bad > 0 && now.bad >= then.bad)
    return { why: 'requests went down and failed requests did not', mayBeReset: few }
  return few
    ? null
    : {
        why: 'the counters went down to more than can have been counted since: no process started again',
        mayBeReset: false,
      }
}

/** Only the buckets are lost then; errors are counted on. `isAnew`: for ever. */
function disagreement(
  now: Counts['buckets'],
  then: Counts['buckets'],
): { readonly why: string; readonly isAnew: boolean } | null {
  if (now.size === 0) return then.size === 0 ? null : { why: 'the buckets are gone', isAnew: false }
  if (!agree(now)) return { why: 'the buckets disagree', isAnew: false }
  if (then.size > 0 && !sameKeys(now, then)) return { why: 'other buckets than before', isAnew: true }
  return [...now].some(([le, n]) => n < (then.get(le) ?? 0)) ? { why: 'a bucket went down', isAnew: false } : null
}

const difference = (now: Counts['buckets'], then: Counts['buckets']): Counts['buckets'] =>
  new Map([...now].map(([le, n]) => [le, n - (then.get(le) ?? 0)]))
