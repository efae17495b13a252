import type { Pod } from '../core/objects.ts'
import type { Track, Unit } from '../core/plan.ts'
import type { RunState } from '../core/state.ts'
import { podsOfTrack } from '../core/tracks.ts'
import { isReady, restartsOf, type View } from '../core/view.ts'
import type { CountedPod } from '../judge/counters.ts'
import type { MeasuredPod } from '../ports.ts'

/** Pods that are not Ready yet, or no more, have nothing to say about requests; the pod failure rules watch them. */
export const measured = (unit: Unit, run: RunState, view: View): MeasuredPod[] =>
  (['new', 'stable'] as const).flatMap((track) => measuredOf(track, unit, run, view))

/** Those of one side. */
export const measuredOf = (track: Track, unit: Unit, run: RunState, view: View): MeasuredPod[] =>
  readyAs(track, podsOfTrack(unit, run.run, view, track))

/** Those of a track's pods that are Ready, as a source is asked for them. */
export const readyAs = (track: Track, pods: readonly Pod[]): MeasuredPod[] =>
  pods.filter(isReady).map((pod) => {
    const { name, uid = '', annotations = {} } = pod.metadata
    return { name, uid, track, annotations, restarts: restartsOf(pod) }
  })

/**
 * Whose counters a source will tell: new pods started after the release began, so theirs count from zero; unless a part
 * of it was counted before (`isWhole` is false).
 */
export const countedAs = (pods: readonly MeasuredPod[], isWhole = true): ReadonlyMap<string, CountedPod> =>
  new Map(
    pods.map(({ name, track, restarts }) => [
      name,
      { track, fresh: isWhole && track === 'new', ...(restarts !== undefined && { restarts }) },
    ]),
  )
