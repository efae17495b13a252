import type { Reading, Series } from '../core/metrics.ts'
import type { Track } from '../core/plan.ts'
import { sameKeys } from '../core/same-keys.ts'
import { type Millis, second } from '../core/time.ts'
import { lateIn } from './counters-labels.ts'
import { allOf, type CounterMemory, doubtOf, isOfAll, keyOf, ownerOf, type Sample } from './counters-memory.ts'
import { enoughOf, fallsOf, hasNone, risesIn } from './counters-totals.ts'

export type { CounterMemory } from './counters-memory.ts'

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

export type Pods = ReadonlyMap<string, CountedPod>

export const nothingCounted: CounterMemory = {
  last: new Map(),
  read: new Set(),
  restarts: new Map(),
  doubted: new Map(),
  rises: new Map(),
}
export const none: Counts = { requests: 0, bad: 0, buckets: new Map() }

/**
 * Differences per series, then sums: never the other way round, and no extrapolation. A value that falls is a process
 * that started again: all of it is new. A series that is seen for the first time counts from zero if its pod was read
 * before (a label that had not occurred yet) or is fresh, and if others of its pod were scraped before it in this very
 * reading; else its first value is only where it starts. A pod whose
 * counters fall although it was not restarted has `fallen`: it counts nothing until they have passed where they were, or
 * are known to have begun anew.
 *
 * Totals of a version may hold those of another time, when the same tag was tried: they count from zero only if the source
 * had none before. Where they fall and did not begin anew, all pods of that version have `fallen`.
 * @see https://github.com/prometheus/prometheus/issues/1673 for the first error that `increase()` loses
 */
export function count(
  memory: CounterMemory,
  reading: Reading,
  pods: Pods,
): { readonly memory: CounterMemory; readonly increments: readonly Increment[]; readonly fallen: ReadonlySet<string> } {
  const { series } = reading
  const mixed = mixedIn(series, pods)
  const totals = fallsOf(memory, reading)
  const late = lateIn(memory, reading)
  const ends = new Map<string, Map<string, Sample>>()
  const steps: Step[] = []
  const falls = new Set<string>()
  for (const one of series) {
    const track = trackOf(one, pods)
    if (!track) continue
    const [key, owner] = [keyOf(one), ownerOf(one)]
    const isAnew = one.track !== undefined && totals.get(one.track) === 'anew'
    const isWhole = (pods.get(one.pod)?.fresh ?? false) || late.has(key)
    let before = beginningOf(one, memory, { isAnew, isWhole })
    for (const sample of one.samples) {
      const [at, value] = sample
      if (before && at <= before[0]) continue
      if (before && !(typeof one.counted === 'object' && mixed.has(track))) {
        const hasFallen = value < before[1]
        if (hasFallen) falls.add(owner)
        steps.push({ at, track, series: one, delta: hasFallen ? value : value - before[1] })
      }
      before = sample
    }
    if (before && before[0] > 0) ends.set(owner, (ends.get(owner) ?? new Map<string, Sample>()).set(key, before))
  }
  const { fallen, restarts } = explained(falls, memory, series, pods)
  const last = new Map(memory.last)
  // Who is not read now is no less in doubt.
  const doubted = new Map(memory.doubted)
  for (const [owner, low] of ends) {
    const doubt = fallen.has(owner) ? doubtOf(memory.doubted.get(owner), low, enoughOf(owner, totals)) : null
    if (doubt) doubted.set(owner, doubt)
    else doubted.delete(owner)
    if (!doubt) for (const [key, sample] of low) last.set(key, sample)
  }
  const sums = new Map<string, Sum>()
  for (const step of steps) if (!fallen.has(ownerOf(step.series))) add(sums, step)
  const increments = [...sums.values()].sort((a, b) => a.at - b.at)
  const believed = series.filter((one) => !fallen.has(ownerOf(one)))
  const rises = risesIn(
    memory.rises,
    believed,
    (track) => total(increments.filter((one) => one.track === track)).requests,
  )
  return {
    memory: { last, read: readIn(memory, reading, pods), restarts, doubted, rises },
    increments,
    fallen: podsOf(fallen, pods),
  }
}

/** Which version a series counts; of a pod of neither it is not known. */
export const trackOf = ({ track, pod }: Series, pods: Pods): Track | undefined => track ?? pods.get(pod)?.track

/** Where a series was, or is known to have begun; `null`: that is not known. */
function beginningOf(
  one: Series,
  { last, read }: CounterMemory,
  { isAnew, isWhole }: { readonly isAnew: boolean; readonly isWhole: boolean },
): Sample | null {
  const before = last.get(keyOf(one))
  if (before) return isAnew ? [before[0], 0] : before
  return isWhole || read.has(ownerOf(one)) ? [0, 0] : null
}

/** Pods were there as long as they can be read; of totals it tells something only that there were none. */
function readIn({ read: before }: CounterMemory, reading: Reading, pods: Pods): ReadonlySet<string> {
  const read = new Set([...before, ...reading.series.map(({ pod }) => pod)])
  read.delete('')
  if (reading.series.some(({ track }) => track === 'new')) read.delete(allOf('new'))
  else if (hasNone(reading, pods)) read.add(allOf('new'))
  return read
}

/** Totals that fell are missing for all whose they are. */
const podsOf = (fallen: ReadonlySet<string>, pods: Pods): ReadonlySet<string> =>
  new Set([
    ...[...fallen].filter((owner) => pods.has(owner)),
    ...[...pods].flatMap(([name, { track }]) => (fallen.has(allOf(track)) ? [name] : [])),
  ])

/** Sides whose pods have different buckets: added up, they would say something of neither. */
function mixedIn(series: Reading['series'], pods: Pods): ReadonlySet<Track> {
  const bounds = new Map<string, { readonly track: Track; readonly les: Set<Millis> }>()
  for (const one of series) {
    const { pod, counted } = one
    const track = trackOf(one, pods)
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

/**
 * A restart explains one fall, whenever the source shows it: samples may come later than the news of the restart. So does
 * another track: then the pod is another one of that name. Nothing explains that of totals.
 */
function explained(
  falls: ReadonlySet<string>,
  memory: CounterMemory,
  series: Reading['series'],
  pods: Pods,
): { readonly fallen: ReadonlySet<string>; readonly restarts: CounterMemory['restarts'] } {
  const restarts = new Map(memory.restarts)
  const fallen = new Set([...falls].filter(isOfAll))
  for (const { pod } of series) {
    const { track, restarts: now } = pods.get(pod) ?? {}
    if (track === undefined || now === undefined) continue
    const [own, other] = [`${track}/${pod}`, `${track === 'new' ? 'stable' : 'new'}/${pod}`]
    const known = memory.restarts.get(own)
    const isRead = known !== undefined || memory.restarts.has(other)
    if (isRead && !falls.has(pod)) continue
    if (known !== undefined && now <= known) fallen.add(pod)
    else {
      restarts.set(own, now)
      restarts.delete(other)
    }
  }
  return { fallen, restarts }
}

/** A series has counted more than before, at a time before that: whoever stamps the samples has set the clock back. */
export const isBackInTime = ({ last }: CounterMemory, { series }: Reading): boolean =>
  series.some((one) => {
    const [known, now] = [last.get(keyOf(one)), one.samples.at(-1)]
    return known !== undefined && now !== undefined && now[0] < known[0] && now[1] > known[1]
  })

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
