import type { Call } from '../../ports.ts'
import { histogramOf } from './buckets.ts'
import { type Family, native, notCounter, notHistogram } from './families.ts'
import { type PrometheusApi, selectorText } from './prometheus-api.ts'

/** Why a metric can't be what it is named for, as the pages said that Prometheus scraped; `null`: nobody says so. */
export async function wrongType(api: PrometheusApi, family: Family, call: Call): Promise<string | null> {
  const { key, selector } = family
  const { name } = selector
  if (key === 'latency') {
    const base = histogramOf(family.selector)
    const types = await api.types(base, call)
    return known(types).length === 0 || types.includes('histogram') ? null : notHistogram(base, types[0] ?? '')
  }
  const own = known(await api.types(name, call))
  if (own.length > 0) return own.includes('counter') ? null : notCounter(key, name, own[0] ?? '')
  // Of a histogram or summary this is the count; OpenMetrics says the type of a counter without `_total`.
  const part = known(await api.types(name.replace(/_(?:count|total)$/, ''), call))
  const fits = part.length === 0 || part.some((type) => ['counter', 'histogram', 'summary'].includes(type))
  return fits ? null : notCounter(key, name, part[0] ?? '')
}

/** Where a page has no TYPE line, Prometheus says `unknown`: that is no reason to refuse. */
const known = (types: readonly string[]): readonly string[] => types.filter((type) => type !== 'unknown')

/** There are requests and no buckets: does the histogram have any? */
export async function nativeOnly(api: PrometheusApi, family: Family, call: Call): Promise<string | null> {
  const base = histogramOf(family.selector)
  const result = await api.query(`count(${selectorText(base, family.selector.matchers)})`, call)
  return 'found' in result && result.found.length > 0 ? native(base) : null
}
