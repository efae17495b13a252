import type { LiveTraffic } from '../core/detection.ts'
import type { Reading, Series } from '../core/metrics.ts'
import type { Unit } from '../core/plan.ts'
import { partRead } from '../core/stable-part.ts'
import type { RunState } from '../core/state.ts'
import { minute, second, type Millis } from '../core/time.ts'
import type { View } from '../core/view.ts'
import { baselineIn } from '../judge/compared/before.ts'
import { requestRate } from '../judge/request-rate.ts'
import { fromReading } from './before-release.ts'
import { countedAs, measuredOf } from './measured-pods.ts'

/** A rate of a shorter time would be another one a minute later, and one of a longer time is past. */
export const lately: Millis = 5 * minute
/** A rate of fewer requests is a guess: the pods' whole lives say more. */
const fewest = 20

interface Seen {
  readonly unit: Unit
  readonly view: View
  readonly run: RunState
  readonly now: Millis
}

/** What the stable pods have to do, by readings of them one after the other; `null`: they don't say. */
export function trafficIn(readings: readonly Reading[], seen: Seen): LiveTraffic | null {
  const reading = readings.at(-1)
  const counted = requestRate(readings.flatMap(({ series }) => series.map((one) => since(one, seen.now - lately))))
  if (!reading || !counted) return null
  const { unit, view, run, now } = seen
  const stable = measuredOf('stable', unit, run, view)
  // The pods that are not read have to do as much.
  const ofAll = (rps: number): number => rps / partRead(unit.evidence?.source, stable.length)
  if (reading.series.some(({ samples }) => samples.length > 1))
    return { rps: ofAll(counted.rps), baseline: baselineIn(reading, countedAs(stable), now) }
  const { baseline } = fromReading(reading, seen, 0)
  const lives = baseline ? baseline.counts.requests / (baseline.over / second) : 0
  return { rps: ofAll(counted.requests < fewest ? lives : counted.rps), baseline }
}

/** With the sample before, from which the first difference is counted. */
function since(one: Series, began: Millis): Series {
  const first = one.samples.findLastIndex(([at]) => at <= began)
  return { ...one, samples: one.samples.slice(Math.max(0, first)) }
}
