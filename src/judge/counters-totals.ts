import type { Counted, Reading } from '../core/metrics.ts'
import type { Track } from '../core/plan.ts'
import type { Millis } from '../core/time.ts'
import { allOf, type CounterMemory, isAbove, keyOf, type Rise, type Sample } from './counters-memory.ts'

/** `anew`: all that the totals say was counted since. `few`: that may be, but not all of them fell. `wrong`: it can't be. */
export type Fall = 'anew' | 'few' | 'wrong'

/** A process that started again has counted no more than so many times what was usual in the time. */
export const plausible = 3

const tracks = ['new', 'stable'] as const

/**
 * The versions whose totals fell, and what that means. Totals are sums over pods that nobody knows of here: one that left
 * lowers them as one that was restarted does, and then what the others counted is not new. What is in doubt already, and
 * rises, stays so.
 */
export function fallsOf(memory: CounterMemory, { series }: Pick<Reading, 'series'>): ReadonlyMap<Track, Fall> {
  const falls = new Map<Track, Fall>()
  for (const track of tracks) {
    const own = series.flatMap((one): Move[] => {
      if (one.track !== track) return []
      const [key, to] = [keyOf(one), one.samples.at(-1)]
      const from = memory.last.get(key)
      return from && to ? [{ key, counted: one.counted, from, to }] : []
    })
    const doubt = memory.doubted.get(allOf(track))
    if (own.every(({ from, to }) => to[1] >= from[1])) continue
    if (doubt && isAbove(doubt, new Map(own.map(({ key, to }) => [key, to])))) continue
    // Whatever was read last, believed or not: nothing began anew before.
    const read = doubt ? [...doubt.low.values()] : own.map(({ from }) => from)
    falls.set(track, fallOf(own, memory.rises.get(track), latest(own.map(({ to }) => to)) - latest(read)))
  }
  return falls
}

/** Processes that answer in turn fall again sooner than this; one that began anew inside its container does not. */
const steady = 10
/** A total that was read wrongly is right by then. */
const soon = 2

/** In how many readings in a row what fell must not fall again, so that it counts on from there. */
export const enoughOf = (owner: string, falls: ReadonlyMap<Track, Fall>): number =>
  tracks.some((track) => owner === allOf(track) && falls.get(track) === 'few') ? soon : steady

/** A total, where it stood when it was believed and where it stands now. */
interface Move {
  readonly key: string
  readonly counted: Counted
  readonly from: Sample
  readonly to: Sample
}

function fallOf(moves: readonly Move[], rise: Rise | undefined, took: Millis): Fall {
  const sum = (what: Counted, when: 'from' | 'to'): number =>
    moves.reduce((all, one) => all + (one.counted === what || one.counted === 'both' ? one[when][1] : 0), 0)
  if (sum('requests', 'to') >= sum('requests', 'from')) return 'wrong'
  if (sum('requests', 'to') > plausible * paceOf(rise) * took) return 'wrong'
  // Where none had failed, failures can't fall: then requests alone say it.
  return sum('errors', 'from') > 0 && sum('errors', 'to') >= sum('errors', 'from') ? 'few' : 'anew'
}

const paceOf = (rise: Rise | undefined): number =>
  rise && rise.at > rise.since ? rise.requests / (rise.at - rise.since) : 0

const latest = (samples: readonly Sample[]): Millis => samples.reduce((most, [at]) => Math.max(most, at), 0)

/** With what came to each total since the time before; where it is first read, nothing did. */
export function risesIn(
  rises: CounterMemory['rises'],
  series: Reading['series'],
  cameTo: (track: Track) => number,
): CounterMemory['rises'] {
  const all = new Map(rises)
  for (const track of tracks) {
    const at = latest(series.flatMap((one) => (one.track === track ? one.samples : [])))
    if (at === 0) continue
    const before = rises.get(track)
    all.set(
      track,
      before ? { since: before.since, at, requests: before.requests + cameTo(track) } : { since: at, at, requests: 0 },
    )
  }
  return all
}

/**
 * Whether the source was read and has no totals of the new version: what comes then was counted since. One that could not
 * say is not known to have none.
 */
export const hasNone = (
  { series, missing }: Pick<Reading, 'series' | 'missing'>,
  pods: ReadonlyMap<string, { readonly track: Track }>,
): boolean =>
  !series.some(({ pod, track }) => pod !== '' || track === 'new') &&
  !missing.some(({ pod }) => (pods.get(pod)?.track ?? 'new') === 'new')
