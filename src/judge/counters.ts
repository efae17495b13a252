import type { Reading, Series } from '../core/metrics.ts'
import type { Track } from '../core/plan.ts'
import { sameKeys } from '../core/same-keys.ts'
import { type Millis, second } from '../core/time.ts'

/** Requests, those that failed, and how many took at most so long. Differences of cumulative counters. */
export interface Counts {
  readonly requests: number
  readonly bad: number
  /** Cumulative, by upper bound in milliseconds. */
  readonly buckets: ReadonlyMap<Millis, number>
}

/** What the pods of a track counted from the time before to `at`. */
export interface Increment extends Counts {
  readonly at: Millis
  readonly track: Track
}

/** Whose counters they are. `fresh`: it started after the release began, so that its counters count from zero. */
export interface CountedPod {
  readonly track: Track
  readonly fresh: boolean
  /** How often its containers were restarted; absent where nobody knows. */
  readonly restarts?: number
}

type Sample = readonly [at: Millis, value: number]

/**
 * The last value of each series, which pods were read before, and how often each of those had been restarted when its
 * counters last began.
 */
export interface CounterMemory {
  readonly last: ReadonlyMap<string, Sample>
  readonly read: ReadonlySet<string>
  readonly restarts: ReadonlyMap<string, number>
  /** Pods whose counters stand below where they stood, and nobody knows why. */
  readonly doubted: ReadonlyMap<string, Doubt>
}

/** Where such counters stood last, and in how many readings in a row they did not fall any further. */
interface Doubt {
  readonly readings: number
  readonly low: ReadonlyMap<string, Sample>
}

export const nothingCounted: CounterMemory = {
  last: new Map(),
  read: new Set(),
  restarts: new Map(),
  doubted: new Map(),
}
export const none: Counts = { requests: 0, bad: 0, buckets: new Map() }

/**
 * Differences per series, then sums: never the other way round, and no extrapolation. A value that falls is a process
 * that started again: all of it is new. A series that is seen for the first time counts from zero if its pod was read
 * before (a label that had not occurred yet) or is fresh; else its first value is only where it starts. A pod whose
 * counters fall although it was not restarted has `fallen`: it counts nothing until they have passed where they were, or
 * are known to have begun anew.
 * @see https://github.com/prometheus/prometheus/issues/1673 for the first error that `increase()` loses
 */
export function count(
  memory: CounterMemory,
  { series }: Reading,
  pods: ReadonlyMap<string, CountedPod>,
): { readonly memory: CounterMemory; readonly increments: readonly Increment[]; readonly fallen: ReadonlySet<string> } {
  const mixed = mixedIn(series, pods)
  const ends = new Map<string, Map<string, Sample>>()
  const steps: Step[] = []
  const falls = new Set<string>()
  for (const one of series) {
    const pod = one.track ? { track: one.track, fresh: one.track === 'new' } : pods.get(one.pod)
    if (!pod) continue
    const known = pod.fresh || (one.pod !== '' && memory.read.has(one.pod))
    const key = keyOf(one)
    let before = memory.last.get(key) ?? (known ? ([0, 0] as const) : null)
    for (const sample of one.samples) {
      const [at, value] = sample
      if (before && at <= before[0]) continue
      if (before && !(typeof one.counted === 'object' && mixed.has(pod.track))) {
        const hasFallen = value < before[1]
        if (hasFallen) falls.add(one.pod)
        steps.push({ at, track: pod.track, series: one, delta: hasFallen ? value : value - before[1] })
      }
      before = sample
    }
    if (before && before[0] > 0) ends.set(one.pod, (ends.get(one.pod) ?? new Map<string, Sample>()).set(key, before))
  }
  const { fallen, restarts } = explained(falls, memory, series, pods)
  const last = new Map(memory.last)
  const doubted = new Map<string, Doubt>()
  for (const [pod, low] of ends) {
    const doubt = fallen.has(pod) ? doubtOf(memory.doubted.get(pod), low) : null
    if (doubt) doubted.set(pod, doubt)
    else for (const [key, sample] of low) last.set(key, sample)
  }
  const sums = new Map<string, Sum>()
  for (const step of steps) if (!fallen.has(step.series.pod)) add(sums, step)
  const read = new Set([...memory.read, ...series.map(({ pod }) => pod)])
  return {
    memory: { last, read, restarts, doubted },
    increments: [...sums.values()].sort((a, b) => a.at - b.at),
    fallen,
  }
}

/** Sides whose pods have different buckets: added up, they would say something of neither. */
function mixedIn(series: Reading['series'], pods: ReadonlyMap<string, CountedPod>): ReadonlySet<Track> {
  const bounds = new Map<string, { readonly track: Track; readonly les: Set<Millis> }>()
  for (const { pod, track = pods.get(pod)?.track, counted } of series) {
    if (track === undefined || typeof counted !== 'object') continue
    const own = bounds.get(`${track}/${pod}`) ?? { track, les: new Set<Millis>() }
    bounds.set(`${track}/${pod}`, own)
    own.les.add(counted.le)
  }
  const first = new Map<Track, ReadonlySet<Millis>>()
  const mixed = new Set<Track>()
  for (const { track, les } of bounds.values()) {
    const known = first.get(track) ?? les
    first.set(track, known)
    if (!sameKeys(known, les)) mixed.add(track)
  }
  return mixed
}

/** Processes that answer in turn fall again sooner than this; one that began anew inside its container does not. */
const steady = 10

/** `null`: it has risen for so long that it must have begun anew, and counts on from here. */
function doubtOf(before: Doubt | undefined, low: ReadonlyMap<string, Sample>): Doubt | null {
  const fits = before && [...low].every(([key, [, value]]) => value >= (before.low.get(key)?.[1] ?? 0))
  const readings = fits ? before.readings + 1 : 1
  return readings < steady ? { readings, low } : null
}

/** A restart explains one fall, whenever the source shows it: samples may come later than the news of the restart. */
function explained(
  falls: ReadonlySet<string>,
  memory: CounterMemory,
  series: Reading['series'],
  pods: ReadonlyMap<string, CountedPod>,
): { readonly fallen: ReadonlySet<string>; readonly restarts: CounterMemory['restarts'] } {
  const restarts = new Map(memory.restarts)
  const fallen = new Set<string>()
  for (const { pod } of series) {
    const now = pods.get(pod)?.restarts
    const known = memory.restarts.get(pod)
    if (now === undefined || (known !== undefined && !falls.has(pod))) continue
    if (known !== undefined && now <= known) fallen.add(pod)
    else restarts.set(pod, now)
  }
  return { fallen, restarts }
}

/** A series has counted more than before, at a time before that: whoever stamps the samples has set the clock back. */
export const isBackInTime = ({ last }: CounterMemory, { series }: Reading): boolean =>
  series.some((one) => {
    const [known, now] = [last.get(keyOf(one)), one.samples.at(-1)]
    return known !== undefined && now !== undefined && now[0] < known[0] && now[1] > known[1]
  })

/** Pods of one version have the same series, and so have two versions. */
const keyOf = ({ pod, track, id }: Series): string => `${pod}/${track ?? ''}/${id}`

interface Sum extends Increment {
  at: Millis
  requests: number
  bad: number
  readonly buckets: Map<Millis, number>
}

/** From one sample of a series to the next. */
interface Step {
  readonly at: Millis
  readonly track: Track
  readonly series: Series
  readonly delta: number
}

/** Pods are scraped at moments of their own: what was read within a second is one increment. */
function add(sums: Map<string, Sum>, { at, track, series: { counted }, delta }: Step): void {
  const key = `${track}/${Math.floor(at / second)}`
  const sum = sums.get(key) ?? { at, track, requests: 0, bad: 0, buckets: new Map<Millis, number>() }
  sums.set(key, sum)
  sum.at = Math.max(sum.at, at)
  if (counted === 'requests' || counted === 'both') sum.requests += delta
  if (counted === 'errors' || counted === 'both') sum.bad += delta
  if (typeof counted === 'object') sum.buckets.set(counted.le, (sum.buckets.get(counted.le) ?? 0) + delta)
}

export function total(all: readonly Counts[]): Counts {
  const buckets = new Map<Millis, number>()
  let requests = 0
  let bad = 0
  for (const one of all) {
    requests += one.requests
    bad += one.bad
    for (const [le, n] of one.buckets) buckets.set(le, (buckets.get(le) ?? 0) + n)
  }
  return { requests, bad, buckets }
}
