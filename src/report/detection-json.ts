import { detectionsOf, type LiveTraffic } from '../core/detection.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import { second, type Millis } from '../core/time.ts'
import { fourDigits } from './digits.ts'
import type { Detections } from './documents/plan.ts'

/** What the stages of a plan could find, for programs; of units whose traffic is known. */
export const detectionJson = (plan: Plan, traffic: ReadonlyMap<string, LiveTraffic>): Detections =>
  unitsOf(plan).flatMap((unit) => {
    const live = traffic.get(unit.id)
    if (!live) return []
    const stages = detectionsOf(unit, live).map(({ stage, needs, smallest, slower, early }) => ({
      id: stage.id,
      weight: (stage.weight ?? 0) / 100,
      soak: stage.soak / second,
      needs: needs.map(({ metric, base, worse, after }) => ({
        metric,
        base: fourDigits(base),
        worse: fourDigits(worse),
        after: lasting(after),
      })),
      smallest: smallest && fourDigits(smallest),
      slower: slower && { factor: slower.factor, after: lasting(slower.after) },
      early: early === null ? null : seconds(early),
    }))
    return [{ unit: unit.id, rps: fourDigits(live.rps), stages }]
  })

const seconds = (after: Millis): number => Math.round(after / second)
const lasting = (after: Millis): number | null => (Number.isFinite(after) ? seconds(after) : null)
