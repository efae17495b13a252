import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import { stateOf } from '../core/state.ts'
import { second, type Millis } from '../core/time.ts'
import type { View } from '../core/view.ts'
import { longestWindow, measured as measuredPods } from '../engine/poll.ts'
import { countedSince, heard, noHistory } from '../judge/history.ts'
import { quantile } from '../judge/latency.ts'
import type { Clock, Metrics } from '../ports.ts'
import type { Load } from './load.ts'

/** Counters are differences: a source that keeps no samples is read twice, so far apart. */
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
  const counted = new Map(pods.map(({ name }) => [name, { track: 'stable', fresh: false } as const]))
  let history = noHistory
  let from = Number.POSITIVE_INFINITY
  let to = 0
  for (const round of [0, 1]) {
    if (round > 0) await clock.sleep(between, signal)
    signal.throwIfAborted()
    const reading = await metrics.read(pods, longestWindow(unit), { signal, timeout: 10 * second })
    if ('down' in reading) return null
    history = heard(history, reading, counted, clock.now())
    const times = reading.series.flatMap(({ samples }) => samples.map(([at]) => at))
    from = Math.min(from, ...times)
    to = Math.max(to, ...times)
    if (reading.series.some(({ samples }) => samples.length > 1)) break
  }
  const { requests, bad, buckets } = countedSince(history, 'stable', 0)
  if (requests === 0 || to <= from) return null
  const p95 = quantile(buckets, 0.95)
  return { rate: requests / ((to - from) / second), failing: bad / requests, ...(p95 !== null && { p95 }) }
}
