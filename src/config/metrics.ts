import type { Errors, HttpJsonSource, Latency, MetricsSource, Selector } from '../core/metrics.ts'
import { says, shown } from '../core/shown.ts'
import { type Millis, second, span } from '../core/time.ts'
import { withoutPlaceholders } from './endpoint.ts'
import { Keys, type SourceName, type Written } from './metrics-keys.ts'
import { hint } from './nearest.ts'
import { type Misread, parseErrors, parseSelector } from './selector.ts'

/** `services.<name>.metrics`, understood: paths and the cluster are not filled in yet. */
export type MetricsEntry = Shape & Pick<Written, 'url' | 'auth' | 'headers' | 'ca' | 'clusters'>

type Shape =
  | Omit<Extract<MetricsSource, { kind: 'prometheus' }>, 'endpoint' | 'queries'>
  | Extract<MetricsSource, { kind: 'pods' }>
  | Omit<HttpJsonSource, 'endpoint' | 'queries'>

type Complain = (path: readonly PropertyKey[], message: string) => void

export const Metrics = Keys.superRefine((written, context) => {
  understood(written, (path, message) => context.addIssue({ code: 'custom', path: [...path], message }))
}).transform((written): MetricsEntry => {
  const { url, auth, headers, ca, clusters } = written
  const shape = understood(written, () => {})
  return Object.assign(
    shape,
    url !== undefined && { url },
    auth && { auth },
    headers && { headers },
    ca !== undefined && { ca },
    clusters && { clusters },
  )
})

/** The keys that only some sources have. */
const onlyOf: Readonly<Record<string, readonly SourceName[]>> = {
  url: ['prometheus', 'http-json'],
  auth: ['prometheus', 'http-json'],
  headers: ['prometheus', 'http-json'],
  ca: ['prometheus', 'http-json'],
  clusters: ['prometheus', 'http-json'],
  podLabel: ['prometheus'],
  latencyUnit: ['prometheus', 'pods'],
  port: ['pods'],
  path: ['pods'],
  scheme: ['pods'],
}

/** Prometheus scrapes every 15 to 60 s as a rule; pods are asked by ourselves. */
const defaultEvery: Readonly<Record<SourceName, Millis>> = {
  prometheus: 5 * second,
  pods: 10 * second,
  'http-json': 10 * second,
}

/** What the keys mean together. What is wrong is complained about, and then the result is not used. */
function understood(written: Written, complain: Complain): Shape {
  const { source, every = defaultEvery[written.source] } = written
  for (const [key, names] of Object.entries(onlyOf))
    if (written[key as keyof Written] !== undefined && !names.includes(source))
      complain([key], says(`the source ${source} has no ${key}`, `remove it: ${key} belongs to ${names.join(' and ')}`))
  if (source === 'http-json') return { kind: source, every, ...jsonKeys(written, complain) }
  const shape = { every, ...seriesKeys(written, complain) }
  if (source === 'prometheus') {
    if (written.url === undefined && !Object.values(written.clusters ?? {}).some(({ url }) => url !== undefined))
      complain([], says('there is no url', 'add url: https://prometheus.internal'))
    return { kind: source, ...shape, podLabel: written.podLabel ?? 'pod' }
  }
  const { port, path, scheme } = written
  return {
    kind: source,
    ...shape,
    ...(port !== undefined && { port }),
    ...(path !== undefined && { path }),
    ...(scheme && { scheme }),
  }
}

function seriesKeys(written: Written, complain: Complain): { requests: Selector; errors: Errors; latency?: Latency } {
  const requests = selectorAt('requests', parseSelector(written.requests), written, complain)
  const read = parseErrors(written.errors)
  const own = 'name' in read || 'what' in read ? selectorAt('errors', read, written, complain) : undefined
  const errors: Errors =
    own === undefined || (own.name === requests.name && own.name !== '')
      ? { matchers: matchersAt(own ?? (read as Pick<Selector, 'matchers'>), complain) }
      : { selector: own }
  const latency = latencyAt(written, complain)
  return { requests, errors, ...(latency && { latency }) }
}

type SelectorKey = 'requests' | 'errors' | 'latency'

function selectorAt(key: SelectorKey, read: Selector | Misread, written: Written, complain: Complain): Selector {
  if ('what' in read) {
    complain([key], says(`at character ${read.at}: ${read.what}`, read.remedy))
    return { name: '', matchers: [] }
  }
  if (key !== 'latency' && read.name.endsWith('_bucket'))
    complain([key], says(`${read.name} has a series for each bound`, `use ${read.name.replace(/bucket$/, 'count')}`))
  const fixed = read.matchers.find(
    ({ label, op }) => written.source === 'prometheus' && op === '=' && isOurs(label, written),
  )
  if (fixed)
    complain(
      [key],
      says(
        fixed.label === 'job'
          ? 'job may be another one for the new pods, and they would not be counted'
          : `${fixed.label} names the pod, and pods are chosen here`,
        `remove ${fixed.label}=${JSON.stringify(fixed.value)}`,
      ),
    )
  return read
}

const isOurs = (label: string, { podLabel = 'pod' }: Written): boolean => label === podLabel || label === 'job'

function matchersAt({ matchers }: Pick<Selector, 'matchers'>, complain: Complain): Selector['matchers'] {
  if (matchers.length === 0) complain(['errors'], says('every request would be an error', 'say which: code=~"5.."'))
  return matchers
}

const units = { s: second, ms: 1, us: 0.001 } as const

function latencyAt(written: Written, complain: Complain): Latency | undefined {
  if (written.latency === undefined) return undefined
  if (typeof written.latency !== 'string') {
    complain(
      ['latency'],
      says(`the source ${written.source} takes a histogram`, 'write its name: http_request_duration_seconds'),
    )
    return undefined
  }
  const read = selectorAt('latency', parseSelector(written.latency), written, complain)
  const selector = { ...read, name: read.name.replace(/_bucket$/, '') }
  const unit = written.latencyUnit ?? unitIn(selector.name)
  if (selector.name !== '' && unit === undefined)
    complain(['latency'], says(`the unit of ${selector.name} is not in its name`, 'add latencyUnit: s, ms or us'))
  return { selector, unit: units[unit ?? 's'] }
}

function unitIn(name: string): keyof typeof units | undefined {
  if (name.endsWith('_seconds')) return 's'
  if (/_(?:milliseconds|millis|ms)$/.test(name)) return 'ms'
  return /_(?:microseconds|us)$/.test(name) ? 'us' : undefined
}

function jsonKeys(written: Written, complain: Complain): Pick<HttpJsonSource, 'requests' | 'errors' | 'latency'> {
  const { requests, errors, latency, clusters = {}, url } = written
  for (const key of ['requests', 'errors'] as const) pointerAt([key], written[key], complain)
  const urls = [
    [['url'], url] as const,
    ...Object.entries(clusters).map(([name, cluster]) => [['clusters', name, 'url'], cluster.url] as const),
  ]
  if (urls.every(([, each]) => each === undefined))
    complain([], says('there is no url', 'add url: https://stats.internal/{pod}'))
  for (const [path, each] of urls) if (each !== undefined) placeholdersAt(path, each, complain)
  if (latency === undefined) return { requests, errors }
  if (typeof latency === 'string') {
    complain(['latency'], says(`${shown(latency)} is not a list`, 'write [{ le: 500ms, pointer: /latency/le500 }]'))
    return { requests, errors }
  }
  for (const [index, { le, pointer }] of latency.entries()) {
    pointerAt(['latency', index, 'pointer'], pointer, complain)
    // Both would be added up, to more requests than there were.
    if (latency.findIndex((other) => other.le === le) < index)
      complain(['latency', index, 'le'], says(`${span(le)} is there twice`, 'give each bound one pointer'))
  }
  return { requests, errors, latency }
}

const placeholders = ['cluster', 'namespace', 'service', 'pod', 'version']

function placeholdersAt(path: readonly PropertyKey[], url: string, complain: Complain): void {
  const named = [...url.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name)
  const unknown = named.find((name) => !placeholders.includes(name))
  if (unknown !== undefined) complain(path, says(`{${unknown}} is not known here`, hint(unknown, placeholders)))
  else if (!named.includes('pod') && !named.includes('version'))
    complain(path, says('it cannot tell new pods from old ones', 'put {pod} or {version} into the URL'))
  else if (!URL.canParse(withoutPlaceholders(url)))
    complain(path, says('this is not a URL', 'write https://stats.internal/{pod}'))
}

export const isPointer = (text: string): boolean => /^(?:\/(?:[^~/]|~[01])*)+$/.test(text)

function pointerAt(path: readonly PropertyKey[], text: string, complain: Complain): void {
  if (!isPointer(text)) complain(path, says(`${shown(text)} is not a JSON pointer`, 'write it like /http/requests'))
}
