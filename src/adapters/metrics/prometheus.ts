import type { PrometheusSource, Series, Unread } from '../../core/metrics.ts'
import { type Millis, minute, second } from '../../core/time.ts'
import type { Call, DatedReading, MeasuredPod, Metrics } from '../../ports.ts'
import { countersOf } from './counters.ts'
import { familiesOf, type Family } from './families.ts'
import type { MetricsOptions } from './index.ts'
import { namedValues, valueOf } from './named.ts'
import { apiOver, type Found, podsMatcher, selectorText } from './prometheus-api.ts'
import { nativeOnly, wrongType } from './prometheus-types.ts'
import { remoteAt } from './remote.ts'
import { onceEach } from './scrapers.ts'

/** Shorter ranges may hold no sample at all: pods are scraped once a minute in places. */
const shortest: Millis = minute

type Missing = Map<string, string>

/** Raw samples of each series, as Prometheus scraped them; differences are made by whoever judges. */
export function prometheusMetrics(
  source: PrometheusSource,
  { cluster, namespace, env, clock }: Pick<MetricsOptions, 'cluster' | 'namespace' | 'env' | 'clock'>,
): Metrics {
  const { endpoint, podLabel, queries, requests } = source
  const remote = remoteAt(endpoint, env)
  const api = apiOver(remote, endpoint.url)
  const families = familiesOf(source)
  const once = onceEach({ podLabel, namespace, cluster })
  let areTypesKnown = false

  const rangeOf = async ({ key, selector }: Family, pods: readonly MeasuredPod[], over: Millis, call: Call) => {
    const matchers = [...selector.matchers, podsMatcher(podLabel, pods)]
    const range = Math.ceil(Math.max(over, shortest) / second)
    const result = await api.query(`${selectorText(selector.name, matchers)}[${range}s]`, call)
    if (!('refused' in result)) return result
    return { down: `${remote.name} refuses to give ${key} (${result.refused}): mend ${key} of metrics` }
  }

  const seriesOf = (family: Family, found: readonly Found[], missing: Missing): readonly Series[] =>
    [...byPod(found, podLabel)].flatMap(([pod, all]) => {
      const own = once.ofPod(pod, family.selector.name, all)
      // A value is NaN because the page said so: the mark of a series that ended never leaves Prometheus.
      const series = 'why' in own ? own : countersOf(family, own, { pod, idOf: once.idOf })
      if (!('why' in series)) return series
      missing.set(pod, series.why)
      return []
    })

  /** A pod without a series may have counted nothing yet, or nobody scrapes it: `up` tells. */
  const whyNone = async (pods: readonly MeasuredPod[], missing: Missing, call: Call): Promise<void> => {
    const result = await api.query(selectorText('up', [podsMatcher(podLabel, pods)]), call)
    const up = 'found' in result ? byPod(result.found, podLabel) : new Map<string, readonly Found[]>()
    for (const { name } of pods) {
      const scrapes = up.get(name) ?? []
      if (scrapes.length === 0)
        missing.set(
          name,
          `Prometheus has no ${requests.name} of it, nor scrapes it (yet): see its targets, and podLabel of metrics`,
        )
      else if (!scrapes.some(({ samples }) => samples.at(-1)?.[1] === 1))
        missing.set(name, 'Prometheus fails to scrape it (up is 0): see its targets')
    }
  }

  /** What is wrong with the metrics themselves is asked once, when there is somebody to answer. */
  const whyWrong = async (series: readonly Series[], call: Call): Promise<Unread | null> => {
    if (areTypesKnown) return null
    const wrong = await Promise.all(families.map((family) => wrongType(api, family, call)))
    const buckets = families.find(({ key }) => key === 'latency')
    const lacks = series.length > 0 && !series.some(({ counted }) => typeof counted === 'object')
    const why = wrong.find((one) => one !== null) ?? (buckets && lacks ? await nativeOnly(api, buckets, call) : null)
    areTypesKnown = (why ?? null) === null
    return why === null ? null : { down: why }
  }

  const figuresOf = async (
    pods: readonly MeasuredPod[],
    over: Millis,
    call: Call,
  ): Promise<Unread | Omit<DatedReading, 'values' | 'complaints'>> => {
    if (pods.length === 0) return { series: [], missing: [], at: clock.now() }
    const ranges = await Promise.all(families.map((family) => rangeOf(family, pods, over, call)))
    const down = ranges.find((result) => 'down' in result)
    if (down) return down
    const missing: Missing = new Map()
    const all = families.flatMap((family, index) => {
      const range = ranges[index]
      return range && 'found' in range ? seriesOf(family, range.found, missing) : []
    })
    // Requests of a pod whose errors can't be told would all seem to be good.
    const series = all.filter(({ pod }) => !missing.has(pod))
    const wrong = await whyWrong(series, call)
    if (wrong !== null) return wrong
    const seen = new Set(series.flatMap(({ pod, counted }) => (typeof counted === 'string' ? [pod] : [])))
    const none = pods.filter(({ name }) => !seen.has(name) && !missing.has(name))
    if (none.length > 0) await whyNone(none, missing, call)
    const dates = ranges.flatMap((result) => ('found' in result ? (result.date ?? []) : []))
    const at = dates.length > 0 ? Math.max(...dates) : clock.now()
    return { series, missing: [...missing].map(([pod, why]) => ({ pod, why })), at }
  }

  return {
    name: `prometheus ${remote.name}`,
    every: source.every,
    read: async (pods, over, call) => {
      const [figures, named] = await Promise.all([
        figuresOf(pods, over, call),
        Promise.all(queries.map(async (query) => [query, await valueOf(api, query, call)] as const)),
      ])
      return 'down' in figures ? figures : { ...figures, ...namedValues(named) }
    },
    [Symbol.asyncDispose]: () => remote[Symbol.asyncDispose](),
  }
}

function byPod(found: readonly Found[], label: string): ReadonlyMap<string, readonly Found[]> {
  const pods = new Map<string, Found[]>()
  for (const one of found) {
    const pod = one.labels[label] ?? ''
    const own = pods.get(pod)
    if (own) own.push(one)
    else pods.set(pod, [one])
  }
  return pods
}
