import { isPerPod, type MetricsSource } from './metrics.ts'
import type { Unit } from './plan.ts'
import { podsOfTrack } from './tracks.ts'
import { isReady, type View } from './view.ts'

/** Stable pods are many and alike: where each pod is asked by itself, these few speak for them. */
export const mostStable = 20

/** Which part of the stable pods is read now, above 0 and up to 1: nobody counts what the others answer. */
export const stablePart = (unit: Unit, run: string, view: View): number =>
  partRead(unit.evidence?.source, podsOfTrack(unit, run, view, 'stable').filter(isReady).length)

/** Which part of so many Ready ones is. */
export const partRead = (source: MetricsSource | null | undefined, ready: number): number =>
  source && isPerPod(source) && ready > mostStable ? mostStable / ready : 1
