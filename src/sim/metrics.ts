import type { Counted, Series } from '../core/metrics.ts'
import { type Millis, second } from '../core/time.ts'
import type { DatedReading, MeasuredPod, Metrics } from '../ports.ts'
import type { SimCluster } from './sim.ts'
import { find } from './world.ts'
import { bounds, type Counters } from './traffic/meter.ts'

export interface SimMetrics extends Metrics {
  /** From now on it can't be read, for this reason; `null`: it can again. */
  fail(why: string | null): void
  /** From now on these pods can't be read; `null`: they can again. */
  hide(hidden: ((pod: MeasuredPod) => boolean) | null): void
}

export interface SimMetricsOptions {
  readonly every?: Millis
  /** Parts of requests count, too: what lies just on a bound is then neither above it nor below. */
  readonly parts?: boolean
  /** The bounds of its histogram, in seconds; none: there is no histogram. */
  readonly buckets?: readonly (typeof bounds)[number][]
}

/** The pods' own counters, read without a network. */
export function metricsOf(
  cluster: SimCluster,
  namespace: string,
  { every = 10 * second, parts = false, buckets = bounds }: SimMetricsOptions = {},
): SimMetrics {
  const { meter, timeline, store } = cluster.inside
  let broken: string | null = null
  let hidden: (pod: MeasuredPod) => boolean = () => false
  return {
    name: 'pods of the simulated world',
    every,
    fail: (why) => {
      broken = why
    },
    hide: (which) => {
      hidden = which ?? (() => false)
    },
    read: (pods) => {
      if (broken !== null) return Promise.resolve({ down: broken })
      const missing: { pod: string; why: string }[] = []
      const series = pods.flatMap((one): Series[] => {
        const { name } = one
        if (hidden(one)) {
          missing.push({ pod: name, why: 'it sends no page' })
          return []
        }
        const pod = find(store, 'Pod', namespace, name)
        if (!pod) {
          missing.push({ pod: name, why: 'it is gone' })
          return []
        }
        const restarts = pod.status?.containerStatuses?.[0]?.restartCount ?? 0
        const counters = meter.read(pod.metadata.uid ?? '', restarts)
        return counters ? seriesOf(name, counters, { at: timeline.now(), parts, buckets }) : []
      })
      return Promise.resolve({ series, missing, values: new Map(), at: timeline.now() } satisfies DatedReading)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function seriesOf(
  pod: string,
  { succeeded, failed, within }: Counters,
  { at, parts, buckets }: { readonly at: Millis; readonly parts: boolean; readonly buckets: readonly number[] },
): Series[] {
  const one = (id: string, counted: Counted, value: number): Series => ({
    pod,
    id: `${pod}/${id}`,
    counted,
    samples: [[at, parts ? value : Math.floor(value + 1e-9)]],
  })
  const histogram = bounds.flatMap((bound, index) =>
    buckets.includes(bound) ? [one(`le=${bound}`, { le: bound * second }, within[index] ?? 0)] : [],
  )
  return [
    one('200', 'requests', succeeded),
    ...(failed > 0 ? [one('500', 'both', failed)] : []),
    ...histogram,
    ...(histogram.length > 0 ? [one('le=+Inf', { le: Number.POSITIVE_INFINITY }, succeeded + failed)] : []),
  ]
}
