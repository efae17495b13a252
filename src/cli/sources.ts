import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import type { Site } from '../engine/planning.ts'
import type { Metrics } from '../ports.ts'
import { clockOf } from './clock.ts'
import type { Process } from './process.ts'

/** Where the figures of a plan's units come from, by unit. */
export interface Sources extends AsyncDisposable {
  readonly byUnit: ReadonlyMap<string, Metrics>
}

/** Opens the sources that a plan names; nothing is asked before the first reading. */
export async function openSources(plan: Plan, sites: readonly Site[], process: Process): Promise<Sources> {
  const stack = new AsyncDisposableStack()
  const byUnit = new Map<string, Metrics>()
  for (const unit of unitsOf(plan)) {
    const metrics = await sourceOf(unit, plan, sites, process)
    if (metrics) byUnit.set(unit.id, stack.use(metrics))
  }
  return { byUnit, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

async function sourceOf(
  { evidence, cluster, namespace }: Unit,
  { release }: Plan,
  sites: readonly Site[],
  process: Process,
): Promise<Metrics | null> {
  const door = sites.find(({ name }) => name === cluster)?.door
  if (!evidence?.source || !door) return null
  const { openMetrics } = await import('../adapters/metrics/index.ts')
  const { service, from, version } = release
  return openMetrics(evidence.source, {
    cluster,
    namespace,
    service,
    door,
    versions: { stable: from, new: version },
    env: process.env,
    clock: clockOf(process),
  })
}
