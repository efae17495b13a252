import { type Labels, matcherOf, matcherText } from '../../core/matchers.ts'
import type { Counted, Errors, Latency, Selector, Series } from '../../core/metrics.ts'
import type { Millis } from '../../core/time.ts'
import { brief } from './answer.ts'
import { bucketIn, bucketsOf, histogramOf } from './buckets.ts'
import { countersOf, type Read } from './counters.ts'
import type { Exposition, Sample } from './exposition.ts'
import { idOf } from './identity.ts'

/** What is counted, wherever the figures come from. */
export interface Wanted {
  readonly requests: Selector
  readonly errors: Errors
  readonly latency?: Latency
}

/** Which series of a metric are wanted, and what each of them counts. */
export interface Family {
  readonly key: 'requests' | 'errors' | 'latency'
  readonly selector: Selector
  readonly matches: (labels: Labels) => boolean
  /** `null`: the series counts nothing that can be used. */
  readonly counted: (labels: Labels) => Counted | null
}

export function familiesOf({ requests, errors, latency }: Wanted): readonly Family[] {
  const failed = 'matchers' in errors ? matcherOf(errors.matchers) : () => false
  const family = (key: Family['key'], selector: Selector, counted: Family['counted']): Family => ({
    key,
    selector,
    matches: matcherOf(selector.matchers),
    counted,
  })
  return [
    family('requests', requests, (labels) => (failed(labels) ? 'both' : 'requests')),
    ...('selector' in errors ? [family('errors', errors.selector, () => 'errors')] : []),
    ...(latency ? [family('latency', bucketsOf(latency), bucketIn(latency.unit))] : []),
  ]
}

/** The series of one page, or why there can't be any. */
export function seriesIn(
  page: Exposition,
  { pod, at, families }: { readonly pod: string; readonly at: Millis; readonly families: readonly Family[] },
): readonly Series[] | { readonly why: string } {
  const all: Series[] = []
  for (const family of families) {
    const why = wrongType(family, page) ?? unreadable(family, page)
    if (why !== null) return { why }
    const samples = page.samples.filter(({ name }) => name === family.selector.name)
    const meant = samples.filter(({ labels }) => family.matches(labels))
    if (meant.length === 0 && samples.length > 0) {
      const never = neverSaid(family.selector, samples)
      if (never !== null) return { why: never }
    }
    const read = meant.map(({ labels, line, value }): Read => ({ labels, line, samples: [[at, value]] }))
    const series = countersOf(family, read, { pod, idOf })
    if ('why' in series) return series
    for (const one of series) all.push(one)
  }
  return all
}

/** A line that is left out may be the one that counts what failed, and the rest would look all the better. */
function unreadable({ selector: { name }, matches }: Family, page: Exposition): string | null {
  const line = page.unreadable.find((one) => one.name === name && (one.labels === null || matches(one.labels)))
  return line ? `line ${line.line} can't be read: ${brief(line.text, 100)}` : null
}

/** Labels that Prometheus adds when it scrapes are not on the page: asking for them finds nothing, ever. */
function neverSaid({ name, matchers }: Selector, samples: readonly Sample[]): string | null {
  const absent = matchers.find(
    (matcher) => !matcherOf([matcher])({}) && samples.every(({ labels }) => labels[matcher.label] === undefined),
  )
  if (absent === undefined) return null
  return `no ${name} there has a label ${absent.label}: Prometheus may add it, pods do not; remove ${matcherText(absent)}`
}

/** Other types than counters go down, or can't be added up. */
function wrongType({ key, selector }: Family, { types, samples }: Exposition): string | null {
  const { name } = selector
  if (key === 'latency') {
    const base = histogramOf(selector)
    const type = types.get(base)
    const found = samples.filter((sample) => sample.name === name)
    if (type !== undefined && type !== 'histogram') return notHistogram(base, type)
    if (type === 'histogram' && found.length > 0 && found.every(({ labels }) => labels['le'] === '+Inf'))
      return native(base)
    return null
  }
  const own = types.get(name)
  if (own !== undefined) return own === 'counter' ? null : notCounter(key, name, own)
  // Of a histogram or summary this is the count; OpenMetrics says the type of a counter without `_total`.
  const part = types.get(name.replace(/_(?:count|total)$/, ''))
  return part === undefined || ['counter', 'histogram', 'summary'].includes(part) ? null : notCounter(key, name, part)
}

export const notCounter = (key: string, name: string, type: string): string =>
  type === 'histogram' || type === 'summary'
    ? `${name} is a ${type}, ${key} needs a counter: use ${name}_count`
    : `${name} is ${article(type)}, ${key} needs a counter, which only goes up: name another metric`

export const notHistogram = (name: string, type: string): string =>
  type === 'summary'
    ? `${name} is a summary, and quantiles of several pods can not be added up: name a histogram`
    : `${name} is ${article(type)}, latency needs a histogram: name another metric`

export const native = (name: string): string =>
  `${name} has no classic buckets: it is a native histogram, so let the application expose classic buckets too`

const article = (type: string): string =>
  type === 'untyped' || type === 'unknown' ? 'of no type' : `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`
