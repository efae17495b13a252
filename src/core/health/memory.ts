import type { Millis } from '../time.ts'

/** A sign of trouble, how long it has been seen without a gap, and for how long it must be to count. */
export interface Signal {
  readonly first: Millis
  readonly last: Millis
  readonly confirm: Millis
}

/** Restarts of one container. They only ever add up: a status that counts fewer than before changes nothing. */
export interface Restarts {
  /** Not held against the release: those before the first sight of the pod, and those that were the node's doing. */
  readonly excused: number
  readonly most: number
}

/** All that the rules keep from one observation to the next. Plain JSON, so that a run may carry it in its journal. */
export interface Memory {
  /** The first observation; `null` before it. */
  readonly began: Millis | null
  /** By `rule/uid`. */
  readonly signals: Readonly<Record<string, Signal>>
  /** By `uid/container`. */
  readonly restarts: Readonly<Record<string, Restarts>>
  /** Uids of pods that have been Ready at least once. */
  readonly beenReady: Readonly<Record<string, true>>
  /** New pods that the environment took: uid → why, and when that was seen last. */
  readonly foreign: Readonly<Record<string, { readonly reason: string; readonly at: Millis }>>
  /** Stable pods: uid → when one was last seen to have restarted or to be not Ready after it was. */
  readonly worse: Readonly<Record<string, Millis>>
  /** The most new pods that were ever available at once, and since when: a new maximum is progress, nothing else is. */
  readonly most: { readonly available: number; readonly at: Millis | null }
}

export const nothingSeen: Memory = {
  began: null,
  signals: {},
  restarts: {},
  beenReady: {},
  foreign: {},
  worse: {},
  most: { available: 0, at: null },
}

/** Restarts since the first sight of the pod that are held against the release. */
export function restartsSince(memory: Memory, uid: string | undefined, container: string): number {
  const known = memory.restarts[`${uid}/${container}`]
  return known ? known.most - known.excused : 0
}
