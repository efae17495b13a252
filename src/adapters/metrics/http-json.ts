import pLimit from 'p-limit'
import { at as valueAt, isObject } from '../../core/json.ts'
import { type Counted, type HttpJsonSource, isPerPod, type Series, type Unread } from '../../core/metrics.ts'
import type { Track } from '../../core/plan.ts'
import type { Call, DatedReading, MeasuredPod, Metrics } from '../../ports.ts'
import { chosen } from './choice.ts'
import type { MetricsOptions } from './index.ts'
import { type Named, namedValues } from './named.ts'
import { remoteAt } from './remote.ts'

/** Whose figures one answer has. */
type Whose = { readonly pod: string; readonly track?: Track }

type Answered = { readonly whose: Whose; readonly json: unknown } | { readonly whose: Whose; readonly why: string }

type Versions = MetricsOptions['versions']

const atOnce = 8

/** Figures of a service that answers with JSON: for each pod, or for all pods of a version together. */
export function httpJsonMetrics(
  source: HttpJsonSource,
  { cluster, namespace, service, versions, env, clock }: Omit<MetricsOptions, 'door'>,
): Metrics {
  const { endpoint, queries, every } = source
  const remote = remoteAt(endpoint, env)

  const ask = async (whose: Whose, track: Track, call: Call): Promise<Answered> => {
    const filled = { cluster, namespace, service, pod: whose.pod, version: versions[track] }
    const url = endpoint.url.replaceAll(/\{(\w+)\}/g, (text, name: string) =>
      encodeURIComponent((filled as Readonly<Record<string, string>>)[name] ?? text),
    )
    const answer = await remote.ask({ url }, call)
    if ('down' in answer) return { whose, why: answer.down }
    if (answer.status >= 400)
      return { whose, why: `${remote.name} answered with status ${answer.status}: check url of metrics` }
    return { whose, json: answer.json }
  }

  const askAll = (pods: readonly MeasuredPod[], call: Call): Promise<readonly Answered[]> => {
    const limit = pLimit(atOnce)
    if (isPerPod(source))
      return Promise.all(chosen(pods).map(({ name, track }) => limit(() => ask({ pod: name }, track, call))))
    const tracks = (['new', 'stable'] as const).filter(
      (track) => track === 'new' || pods.some((pod) => pod.track === track),
    )
    return Promise.all(tracks.map((track) => ask({ pod: '', track }, track, call)))
  }

  return {
    name: `http-json ${remote.name}`,
    every,
    read: async (pods, _over, call): Promise<DatedReading | Unread> => {
      const answers = await askAll(pods, call)
      const [first] = answers
      if (first && 'why' in first && answers.every((answer) => 'why' in answer)) return { down: first.why }
      const read = answers.map((answer) =>
        'why' in answer ? answer : { ...answer, ...figuresIn(answer, source, clock.now()) },
      )
      const wrong = read.flatMap((one) => ('why' in one ? [one] : []))
      if (wrong[0] && wrong.length === read.length) return { down: wrong[0].why }
      const ofNew = answers.find(({ whose }) => whose.track === 'new')
      return {
        series: read.flatMap((one) => ('series' in one ? one.series : [])),
        missing: wrong.flatMap(({ whose, why }) => namesOf(whose, pods, versions).map((pod) => ({ pod, why }))),
        ...namedValues(queries.map((query) => [query, valueOf(query, ofNew)] as const)),
        at: clock.now(),
      }
    },
    [Symbol.asyncDispose]: () => remote[Symbol.asyncDispose](),
  }
}

/** A version without pods by its own name: that it could not be read is not the same as that it has no totals. */
function namesOf({ pod, track }: Whose, pods: readonly MeasuredPod[], versions: Versions): readonly string[] {
  if (track === undefined) return [pod]
  const own = pods.filter((one) => one.track === track).map(({ name }) => name)
  return own.length > 0 ? own : [versions[track]]
}

function figuresIn(
  { whose, json }: { readonly whose: Whose; readonly json: unknown },
  { requests, errors, latency = [] }: HttpJsonSource,
  now: number,
): { readonly series: readonly Series[] } | { readonly why: string } {
  const wanted: readonly (readonly [pointer: string, counted: Counted])[] = [
    [requests, 'requests'],
    [errors, 'errors'],
    ...latency.map(({ le, pointer }) => [pointer, { le }] as const),
  ]
  const series: Series[] = []
  const empty: string[] = []
  for (const [pointer, counted] of wanted) {
    const found = numberAt(json, pointer)
    if ('complaint' in found) return { why: found.complaint }
    const { value } = found
    if (value === null) empty.push(pointer)
    else if (value < 0) return { why: `${pointer} is ${value}, a counter is a number of 0 or more` }
    else series.push({ ...whose, id: pointer, counted, samples: [[now, value]] })
  }
  // Requests without the failed ones among them would look perfect.
  if (series.length > 0 && empty.length > 0) return { why: `${empty.join(', ')} is no number beside others that are` }
  const [all] = series
  if (!all || latency.length === 0) return { series }
  const why = notRising(series)
  // No bound that can be written holds the slowest requests: the total does.
  const widest = { ...all, id: `${requests} le=+Inf`, counted: { le: Number.POSITIVE_INFINITY } }
  return why === null ? { series: [...series, widest] } : { why }
}

/** Each bucket holds all that narrower ones hold, and all requests are the widest one. */
function notRising(series: readonly Series[]): string | null {
  const rising = series
    .filter(({ counted }) => counted !== 'errors')
    .map(({ id, counted, samples }) => ({
      id,
      le: typeof counted === 'object' ? counted.le : Number.POSITIVE_INFINITY,
      value: samples[0]?.[1] ?? 0,
    }))
    .sort((a, b) => a.le - b.le)
  for (const [index, { id, value }] of rising.entries()) {
    const wider = rising[index + 1]
    if (wider && wider.value < value)
      return `${id} is ${value}, more than the ${wider.value} of ${wider.id}: mend the pointers in metrics`
  }
  return null
}

function valueOf(
  { name, query }: { readonly name: string; readonly query: string },
  answer: Answered | undefined,
): Named {
  if (answer === undefined) return { value: null }
  if ('why' in answer) return { complaint: answer.why }
  const found = numberAt(answer.json, query)
  return 'complaint' in found ? { complaint: `the query ${name}: ${found.complaint}` } : found
}

/** `null` is no data, and so is a number that JSON has no word for; what is not there at all is a mistake. */
function numberAt(json: unknown, pointer: string): Named {
  const value = valueAt(json, pointer)
  if (typeof value === 'number') return { value: Number.isFinite(value) ? value : null }
  if (value === null && isThere(json, pointer)) return { value: null }
  const what =
    value === null ? 'is nothing' : isObject(value) || Array.isArray(value) ? 'are several values' : 'is text'
  return { complaint: `there ${what} at ${pointer}, and a number is needed: mend the pointer in metrics` }
}

const isThere = (json: unknown, pointer: string): boolean => {
  const [, above = '', key = ''] = /^(.*)\/([^/]*)$/.exec(pointer) ?? []
  const parent: unknown = above === '' ? json : valueAt(json, above)
  return typeof parent === 'object' && parent !== null && key.replaceAll('~1', '/').replaceAll('~0', '~') in parent
}
