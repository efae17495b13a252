import { isObject } from '../../core/json.ts'
import { type Labels, matcherText } from '../../core/matchers.ts'
import type { Matcher, Unread } from '../../core/metrics.ts'
import { plain } from '../../core/shown.ts'
import type { Millis } from '../../core/time.ts'
import type { Call } from '../../ports.ts'
import { type Answer, brief } from './answer.ts'
import { numberOf } from './exposition.ts'
import type { Remote } from './remote.ts'

/** A series as the API gives it: times in milliseconds; a value may be NaN. */
export interface Found {
  readonly labels: Labels
  readonly samples: readonly (readonly [at: number, value: number])[]
  /** Native histograms have no single value. */
  readonly isHistogram: boolean
}

/** What a query gave. `refused`: it was understood to be wrong, or too much. */
export type Result =
  | {
      readonly type: 'vector' | 'matrix' | 'scalar' | 'string'
      readonly found: readonly Found[]
      /** What the server's clock said; `null`: it did not say. */
      readonly date: Millis | null
    }
  | { readonly refused: string }
  | Unread

export interface PrometheusApi {
  query(text: string, call: Call): Promise<Result>
  /** The types that the scraped pages say a metric has; none where nobody knows. */
  types(metric: string, call: Call): Promise<readonly string[]>
}

export function apiOver(remote: Remote, url: string): PrometheusApi {
  let canPost = true
  const ask = async (query: string, call: Call): ReturnType<Remote['ask']> => {
    const body = new URLSearchParams({ query })
    if (canPost) {
      const answer = await remote.ask({ url: `${url}/api/v1/query`, body }, call)
      if ('down' in answer || ![405, 501].includes(answer.status)) return answer
      canPost = false
    }
    return remote.ask({ url: `${url}/api/v1/query?${body.toString()}` }, call)
  }
  return {
    query: async (text, call) => {
      const answer = await ask(text, call)
      return 'down' in answer ? answer : resultIn(answer, remote.name)
    },
    types: async (metric, call) => {
      const answer = await remote.ask({ url: `${url}/api/v1/metadata?metric=${encodeURIComponent(metric)}` }, call)
      const data = 'down' in answer || !isObject(answer.json) ? undefined : answer.json['data']
      const entries = isObject(data) ? data[metric] : undefined
      return Array.isArray(entries) ? entries.flatMap((entry) => (isObject(entry) ? [plain(entry['type'])] : [])) : []
    },
  }
}

/** `http_requests_total{namespace="web"}` */
export const selectorText = (name: string, matchers: readonly Matcher[]): string =>
  `${name}{${matchers.map(matcherText).join(',')}}`

/** Which of these pods. */
export const podsMatcher = (label: string, pods: readonly { readonly name: string }[]): Matcher => ({
  label,
  op: '=~',
  value: pods.map(({ name }) => name.replaceAll('.', '\\.')).join('|'),
})

function resultIn({ status, json, date }: Exclude<Answer, Unread>, name: string): Result {
  const answer = isObject(json) ? json : {}
  if (answer['status'] === 'error') {
    const said = brief(plain(answer['error']))
    if (status === 400 || status === 422) return { refused: said }
    return { down: `${name} failed with status ${status} (${said}): see what ails it` }
  }
  const { data } = answer
  const type = isObject(data) ? data['resultType'] : undefined
  const result = isObject(data) ? data['result'] : undefined
  if (answer['status'] !== 'success' || !Array.isArray(result) || !isType(type))
    return {
      down: `${name} does not speak the API of Prometheus (status ${status}): check url of metrics, the part before /api/v1`,
    }
  if (type === 'scalar' || type === 'string') return { type, found: [foundIn({ metric: {}, value: result })], date }
  return { type, found: result.map(foundIn), date }
}

const isType = (type: unknown): type is 'vector' | 'matrix' | 'scalar' | 'string' =>
  ['vector', 'matrix', 'scalar', 'string'].includes(String(type))

function foundIn(entry: unknown): Found {
  const { metric, value, values, histogram, histograms } = isObject(entry) ? entry : {}
  const points = Array.isArray(values) ? (values as readonly unknown[]) : value === undefined ? [] : [value]
  return {
    labels: isObject(metric) ? (metric as Labels) : {},
    samples: points.flatMap((point) => {
      const [at, text] = Array.isArray(point) ? (point as readonly unknown[]) : []
      return typeof at === 'number' ? [[Math.round(at * 1000), numberOf(String(text)) ?? Number.NaN] as const] : []
    }),
    isHistogram: histogram !== undefined || histograms !== undefined,
  }
}
