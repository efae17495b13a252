import { resolve as resolvePath } from 'node:path'
import { DeployError } from '../core/errors.ts'
import type { Endpoint, MetricsSource, NamedQuery, SecretName } from '../core/metrics.ts'
import { shown } from '../core/shown.ts'
import { isPointer, type MetricsEntry } from './metrics.ts'

/** What `Resolved` has of it. */
export interface MetricsTarget {
  readonly entry: MetricsEntry
  /** Absolute: paths in the file are relative to it. */
  readonly folder: string
  /** Where the file says it. */
  readonly place: string
}

/**
 * The source of one cluster, as it stands in a plan.
 * @throws DeployError `config-metrics`
 */
export function sourceOf(
  { entry, folder, place }: MetricsTarget,
  { cluster, queries }: { readonly cluster: string; readonly queries: readonly NamedQuery[] },
): MetricsSource {
  const { url: _url, auth: _auth, headers: _headers, ca: _ca, clusters: _clusters, ...shape } = entry
  if (shape.kind === 'pods') {
    if (queries[0])
      throw wrong(
        place,
        `the source pods has no queries, and ${shown(queries[0].name)} is one`,
        'remove the trigger, or use source: prometheus',
      )
    return shape
  }
  const endpoint = endpointOf(entry, { cluster, folder, place })
  if (shape.kind === 'prometheus') return { ...shape, endpoint, queries }
  const bad = queries.find(({ query }) => !isPointer(query))
  if (bad) throw wrong(place, `the query ${shown(bad.name)} is not a JSON pointer`, 'write it like /queue/length')
  if (queries[0] && endpoint.url.includes('{pod}'))
    throw wrong(
      place,
      `the query ${shown(queries[0].name)} would have a value for each pod`,
      'put {version} into the URL, not {pod}',
    )
  return { ...shape, endpoint, queries }
}

function endpointOf(
  entry: MetricsEntry,
  { cluster, folder, place }: { cluster: string; folder: string; place: string },
): Endpoint {
  const own = entry.clusters?.[cluster]
  const url = own?.url ?? entry.url
  if (url === undefined)
    throw wrong(
      place,
      `metrics have no url for the cluster ${shown(cluster)}`,
      `add clusters: { ${cluster}: { url: https://prometheus.internal } }`,
    )
  const auth = own?.auth ?? entry.auth
  const headers = own?.headers ?? entry.headers
  const ca = own?.ca ?? entry.ca
  const named = (secret: SecretName): SecretName =>
    secret.startsWith('file:') ? `file:${resolvePath(folder, secret.slice(5))}` : secret
  return {
    url: url.replace(/\/+$/, ''),
    ...(auth && {
      auth:
        'bearer' in auth
          ? { bearer: named(auth.bearer) }
          : { basic: { username: auth.basic.username, password: named(auth.basic.password) } },
    }),
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          value.startsWith('file:') ? named(value as SecretName) : value,
        ]),
      ),
    }),
    ...(ca !== undefined && { ca: resolvePath(folder, ca) }),
  }
}

const wrong = (place: string, what: string, remedy: string): DeployError =>
  new DeployError({ code: 'config-metrics', what: `${place}: ${what}`, remedy })
