import type { Track } from './plan.ts'
import { second, type Millis } from './time.ts'

/** Where the figures of a service come from; as it stands in a plan, so never with a secret in it. */
export type MetricsSource = PrometheusSource | PodsSource | HttpJsonSource

export interface PrometheusSource {
  readonly kind: 'prometheus'
  /** How often it is asked. */
  readonly every: Millis
  readonly endpoint: Endpoint
  readonly requests: Selector
  readonly errors: Errors
  readonly latency?: Latency
  /** The label that names the pod. */
  readonly podLabel: string
  readonly queries: readonly NamedQuery[]
}

/** The pods' own counters, read from each pod by port-forward or through the API server's proxy. */
export interface PodsSource {
  readonly kind: 'pods'
  /** How often it is asked. */
  readonly every: Millis
  /** What the pods' annotations or monitors say is used where a field is absent. */
  readonly scheme?: 'http' | 'https'
  readonly port?: number
  readonly path?: string
  readonly requests: Selector
  readonly errors: Errors
  readonly latency?: Latency
}

/** A service that answers with JSON; fields are found by JSON pointers. */
export interface HttpJsonSource {
  readonly kind: 'http-json'
  /** How often it is asked. */
  readonly every: Millis
  /**
   * `{cluster}`, `{namespace}`, `{service}`, `{pod}` and `{version}` in its URL are filled in. It has one of the last two:
   * it is asked once for each pod, or once for each version.
   */
  readonly endpoint: Endpoint
  readonly requests: string
  readonly errors: string
  /** Cumulative numbers of requests that took at most so long. */
  readonly latency?: readonly { readonly le: Millis; readonly pointer: string }[]
  readonly queries: readonly NamedQuery[]
}

/** Whether each pod is asked by itself. */
export const isPerPod = (source: MetricsSource): boolean =>
  source.kind === 'pods' || (source.kind === 'http-json' && source.endpoint.url.includes('{pod}'))

/** Secrets are named, not held: `env:NAME` or `file:/path`, read when they are needed. */
export type SecretName = `env:${string}` | `file:${string}`

export interface Endpoint {
  readonly url: string
  readonly auth?:
    | { readonly bearer: SecretName }
    | { readonly basic: { readonly username: string; readonly password: SecretName } }
  /** A value may be a `SecretName`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Absolute path of a PEM file. */
  readonly ca?: string
}

/** Series of one metric: `http_requests_total{namespace="web"}`. */
export interface Selector {
  readonly name: string
  readonly matchers: readonly Matcher[]
}

export interface Matcher {
  readonly label: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** Which requests failed: those of the requests' series with these labels, or what another metric counts. */
export type Errors = { readonly matchers: readonly Matcher[] } | { readonly selector: Selector }

/** A classic histogram: `<name>_bucket` with `le`. */
export interface Latency {
  readonly selector: Selector
  /** How long 1 of its unit is, in milliseconds: 1000 for `…_seconds`. */
  readonly unit: Millis
}

/** A query of the user's own that gives one number; of those by version, the one about the new version. */
export interface NamedQuery {
  readonly name: string
  /** PromQL, or a JSON pointer. */
  readonly query: string
}

/** After a weight was changed, pods are asked this often for a while: that is when a bad version shows. */
export const quick: Millis = 2 * second

/** The least time between two readings that have something new: a source that keeps samples has nothing in between. */
export const paceOf = ({
  kind,
  every,
}: {
  readonly kind: MetricsSource['kind'] | undefined
  readonly every: Millis
}): Millis => (kind === 'pods' ? quick : every)

/** What a series counts: requests, failed requests, both (a request that failed), or requests that took at most `le`. */
export type Counted = 'requests' | 'errors' | 'both' | { readonly le: Millis }

/** One cumulative counter of one pod. */
export interface Series {
  /** Empty where `track` says whose it is. */
  readonly pod: string
  /** Of a source that counts all pods of a version together. */
  readonly track?: Track
  /** The same text for the same series at each reading. */
  readonly id: string
  readonly counted: Counted
  /** Time and value, oldest first; a value may fall when the pod's process started again. Never NaN. */
  readonly samples: readonly (readonly [at: Millis, value: number])[]
}

/** What a source said in one poll. */
export interface Reading {
  readonly series: readonly Series[]
  /** Pods that could not be read, and why. */
  readonly missing: readonly { readonly pod: string; readonly why: string }[]
  /** The user's own queries; `null`: no data. */
  readonly values: ReadonlyMap<string, number | null>
  /** Of those, the ones that could not be used (they failed, or gave two series), and why; their value is `null`. */
  readonly complaints?: ReadonlyMap<string, string>
}

/** A source that can't be read at all now. */
export interface Unread {
  /** For people, with a remedy, without secrets. */
  readonly down: string
}
