import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import { stateOf } from '../core/state.ts'
import { second, type Millis } from '../core/time.ts'
import type { View } from '../core/view.ts'
import { measured as measuredPods } from '../engine/measured-pods.ts'
import { readStable, timesIn } from '../engine/read-stable.ts'
import { countedSince, noHistory } from '../judge/history.ts'
import { quantile } from '../judge/latency.ts'
import type { Clock, Metrics } from '../ports.ts'
import type { Load } from './load.ts'

/** A rate wants more requests than a comparison: longer than before a plan. */
const between: Millis = 5 * second

export interface Measuring {
  readonly plan: Plan
  readonly views: ReadonlyMap<string, View>
  readonly sources: ReadonlyMap<string, Metrics>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** What the sources of a plan say of the pods that serve now, by unit; a unit about which nothing is said is left out. */
export async function measuredLoads(measuring: Measuring): Promise<ReadonlyMap<string, Partial<Load>>> {
  const units = unitsOf(measuring.plan)
  const loads = await Promise.all(units.map(async (unit) => [unit.id, await loadOf(unit, measuring)] as const))
  return new Map(loads.flatMap(([id, load]) => (load ? [[id, load] as const] : [])))
}

async function loadOf(unit: Unit, { plan, views, sources, clock, signal }: Measuring): Promise<Partial<Load> | null> {
  const [view, metrics] = [views.get(unit.id), sources.get(unit.id)]
  if (!view || !metrics) return null
  const pods = measuredPods(unit, stateOf(plan), view)
  if (pods.length === 0) return null
  let history = noHistory
  let from = Number.POSITIVE_INFINITY
  let to = 0
  for await (const round of readStable({ unit, pods, metrics, between, clock, signal })) {
    if ('down' in round) return null
    history = round.history
    const times = timesIn(round.reading)
    // A source may have kept more samples than a call has room for.
    from = times.reduce((a, b) => Math.min(a, b), from)
    to = times.reduce((a, b) => Math.max(a, b), to)
  }
  const { requests, bad, buckets } = countedSince(history, 'stable', 0)
  if (requests === 0 || to <= from) return null
  const p95 = quantile(buckets, 0.95)
  return { rate: requests / ((to - from) / second), failing: bad / requests, ...(p95 !== null && { p95 }) }
}
