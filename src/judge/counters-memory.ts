import type { Series } from '../core/metrics.ts'
import type { Track } from '../core/plan.ts'
import type { Millis } from '../core/time.ts'

export type Sample = readonly [at: Millis, value: number]

/**
 * The last value of each series, which pods were read before, and how often each of those (`new/queue-2`) had been restarted
 * when its counters last began.
 */
export interface CounterMemory {
  readonly last: ReadonlyMap<string, Sample>
  /** Also the new version, while a source of totals says that it has none. */
  readonly read: ReadonlySet<string>
  readonly restarts: ReadonlyMap<string, number>
  /** Pods and versions whose counters stand below where they stood, and nobody knows why. */
  readonly doubted: ReadonlyMap<string, Doubt>
  /** Of totals of a version. */
  readonly rises: ReadonlyMap<Track, Rise>
}

/** Where such counters stood last, in how many readings in a row they did not fall any further, and how many will do. */
export interface Doubt {
  readonly readings: number
  readonly enough: number
  readonly low: ReadonlyMap<string, Sample>
}

/** How many requests came to a total since it was first read. */
export interface Rise {
  readonly since: Millis
  readonly at: Millis
  readonly requests: number
}

/** Pods of one version have the same series, and so have two versions. */
export const keyOf = ({ pod, track, id }: Series): string => `${pod}/${track ?? ''}/${id}`

/** Who counts a series: a pod, or all pods of a version together. */
export const ownerOf = ({ pod, track }: Pick<Series, 'pod' | 'track'>): string => (track ? allOf(track) : pod)

/** No pod has such a name. */
export const allOf = (track: Track): string => `/${track}`

export const isOfAll = (owner: string): boolean => owner.startsWith('/')

/** `null`: it has risen for so long that it must have begun anew, and counts on from here. */
export function doubtOf(before: Doubt | undefined, low: Doubt['low'], most: number): Doubt | null {
  const goesOn = before && isAbove(before, low)
  const [readings, enough] = goesOn ? [before.readings + 1, before.enough] : [1, most]
  return readings < enough ? { readings, enough, low } : null
}

export const isAbove = ({ low }: Doubt, now: Doubt['low']): boolean =>
  [...now].every(([key, [, value]]) => value >= (low.get(key)?.[1] ?? 0))
