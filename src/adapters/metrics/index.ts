import type { MetricsSource } from '../../core/metrics.ts'
import type { Track } from '../../core/plan.ts'
import type { Clock, Metrics, PodDoor } from '../../ports.ts'

export interface MetricsOptions {
  /** Of the plan: `{cluster}` in a URL. */
  readonly cluster: string
  readonly door: PodDoor
  readonly namespace: string
  readonly service: string
  /** What `{version}` stands for. */
  readonly versions: Readonly<Record<Track, string>>
  /** Of the process: secrets and proxies are looked up there when they are needed. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
}

/** Opens the source of a unit's figures. Nothing is asked before the first reading. */
export async function openMetrics(source: MetricsSource, options: MetricsOptions): Promise<Metrics> {
  switch (source.kind) {
    case 'prometheus':
      return (await import('./prometheus.ts')).prometheusMetrics(source, options)
    case 'pods':
      return (await import('./pods.ts')).podsMetrics(source, options)
    case 'http-json':
      return (await import('./http-json.ts')).httpJsonMetrics(source, options)
  }
}
