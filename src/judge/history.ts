import { widestWindow } from '../core/evidence.ts'
import type { Reading } from '../core/metrics.ts'
import type { Track } from '../core/plan.ts'
import { minute, type Millis } from '../core/time.ts'
import {
  type CountedPod,
  type CounterMemory,
  type Counts,
  count,
  type Increment,
  isBackInTime,
  nothingCounted,
} from './counters.ts'
import { stableKnownTo } from './known-to.ts'
import { ledgerOf } from './ledger.ts'

/** All that a unit's source has said so far, as a value. */
export interface History {
  readonly counters: CounterMemory
  /** Oldest first; those that no window can reach any more are forgotten. */
  readonly increments: readonly Increment[]
  /** When the first request of a track was counted, however long ago; `null`: none was, or only in `increments`. */
  readonly first: Readonly<Record<Track, Millis | null>>
  /** What the user's own queries gave; `null` is no data. */
  readonly values: ReadonlyMap<string, readonly (readonly [at: Millis, value: number | null])[]>
  /** The last poll that was answered; `null`: none yet. */
  readonly heard: Millis | null
  /** Until when all of stable is known, where its pods are scraped at moments of their own; `null`: until now. */
  readonly stableTo: Millis | null
  /** Since the source can't be read, how often it was tried, and what it said; `null` while it answers. */
  readonly down: { readonly since: Millis; readonly polls: number; readonly why: string } | null
  /** Pods that the last poll could not read. */
  readonly missing: Reading['missing']
}

export const noHistory: History = {
  counters: nothingCounted,
  increments: [],
  first: { new: null, stable: null },
  values: new Map(),
  heard: null,
  stableTo: null,
  down: null,
  missing: [],
}

/** `window`: how far back a query is looked at. */
export function heard(
  history: History,
  reading: Reading,
  pods: ReadonlyMap<string, CountedPod>,
  now: Millis,
  window: Millis = widestWindow,
): History {
  const counted = count(history.counters, reading, pods)
  const values = new Map(history.values)
  for (const [name, value] of reading.values)
    values.set(name, [...(values.get(name) ?? []).filter(([at]) => at > now - window), [now, value]])
  const all = [...history.increments, ...counted.increments]
  const increments = all.filter(({ at }) => at > now - widestWindow)
  const first = (track: Track): Millis | null => history.first[track] ?? firstIn(all, track)
  const missing = [...reading.missing, ...[...counted.fallen].map((pod) => ({ pod, why: fell }))]
  const why = untimely(history, reading, now) ?? unusable({ ...reading, missing }, pods)
  return {
    counters: counted.memory,
    increments,
    first: { new: first('new'), stable: first('stable') },
    values,
    heard: now,
    stableTo: stableKnownTo(reading, pods, now),
    down: why === null ? null : unheard(history, why, now).down,
    missing,
  }
}

/** Samples that no window reaches would look like no requests at all. */
const soonest: Millis = minute

/** Why the times of what a source said can't be relied on. */
function untimely({ counters }: History, reading: Reading, now: Millis): string | null {
  if (isBackInTime(counters, reading)) return 'its samples are older than those before: was a clock set back?'
  const ahead = reading.series.some(({ samples }) => (samples.at(-1)?.[0] ?? now) > now + soonest)
  return ahead
    ? 'its samples are of later than now: does a pod say the time of its samples itself, or was a clock set?'
    : null
}

const fell = 'its counters fell although it was not restarted: do several processes answer on its port?'

/** A source that answers, but not what was asked: a query that fails is an alarm that can't ring. */
function unusable({ missing, complaints }: Reading, pods: ReadonlyMap<string, CountedPod>): string | null {
  const [query] = complaints ?? []
  if (query) return `query ${query[0]}: ${query[1]}`
  for (const track of ['new', 'stable'] as const) {
    const asked = [...pods].filter(([, pod]) => pod.track === track).map(([name]) => name)
    const gone = missing.filter(({ pod }) => asked.includes(pod))
    // With half of a side missing, what is left says little about the side.
    if (gone[0] && gone.length * 2 > asked.length)
      return `${gone.length} of ${asked.length} ${track} pods could not be read: ${gone[0].pod}: ${gone[0].why}`
  }
  return null
}

export const unheard = (history: History, why: string, now: Millis): History => ({
  ...history,
  down: { since: history.down?.since ?? now, polls: (history.down?.polls ?? 0) + 1, why },
})

/** What a track counted after `from`, up to and including `to`. */
export const countedSince = (
  { increments }: History,
  track: Track,
  from: Millis,
  to = Number.POSITIVE_INFINITY,
): Counts => ledgerOf(increments, track).between(from, to)

/** When the first request of a track was counted. */
export const firstRequest = ({ first, increments }: History, track: Track): Millis | null =>
  first[track] ?? ledgerOf(increments, track).first

const firstIn = (increments: readonly Increment[], track: Track): Millis | null =>
  increments.find((one) => one.track === track && one.requests > 0)?.at ?? null

/**
 * From when a track counted beside what the other one counted after `from`. Pods are not read at the same moment, so an
 * increment that ends a little before has counted most of the same time.
 */
export function countedBeside({ increments }: History, track: Track, from: Millis): Millis {
  const last = ledgerOf(increments, track).lastUpTo(from)
  return last === null ? from : last - 1
}
