import { describe, expect, it } from 'vitest'
import { sourceOf } from '../../src/config/metrics-source.ts'
import type { MetricsSource, NamedQuery } from '../../src/core/metrics.ts'
import { file, parse, refusal, refused, release } from './sample.ts'

const withMetrics = (...lines: readonly string[]): string =>
  file({ services: ['  web:', '    image: a/web', '    metrics:', ...lines.map((line) => `      ${line}`)].join('\n') })

const source = (
  lines: readonly string[],
  { cluster = 'staging', queries = [] as readonly NamedQuery[] } = {},
): MetricsSource => sourceOf(release(withMetrics(...lines)).metrics!, { cluster, queries })

const prometheus = [
  'source: prometheus',
  'url: https://prometheus.internal/',
  'requests: http_requests_total{namespace="web"}',
  'errors: code=~"5.."',
]
const pods = ['source: pods', 'requests: http_requests_total', 'errors: code=~"5.."']
const json = ['source: http-json', 'url: https://stats/{pod}', 'requests: /requests', 'errors: /errors']

const counter = { name: 'http_requests_total', matchers: [{ label: 'namespace', op: '=', value: 'web' }] }
const failed = { matchers: [{ label: 'code', op: '=~', value: '5..' }] }

describe('a source of figures', () => {
  it('prometheus', () => {
    expect(source([...prometheus, 'latency: http_request_duration_seconds'])).toEqual({
      kind: 'prometheus',
      every: 5000,
      endpoint: { url: 'https://prometheus.internal' },
      requests: counter,
      errors: failed,
      latency: { selector: { name: 'http_request_duration_seconds', matchers: [] }, unit: 1000 },
      podLabel: 'pod',
      queries: [],
    })
  })

  it('pods', () => {
    expect(source([...pods, 'port: 9090', 'path: /stats', 'scheme: https', 'every: 2s'])).toEqual({
      kind: 'pods',
      every: 2000,
      requests: { name: 'http_requests_total', matchers: [] },
      errors: failed,
      port: 9090,
      path: '/stats',
      scheme: 'https',
    })
  })

  it('http-json', () => {
    const latency = 'latency: [{ le: 500ms, pointer: /fast }]'
    expect(source([...json, latency], { queries: [] })).toEqual({
      kind: 'http-json',
      every: 10_000,
      endpoint: { url: 'https://stats/{pod}' },
      requests: '/requests',
      errors: '/errors',
      latency: [{ le: 500, pointer: '/fast' }],
      queries: [],
    })
  })

  it('counts errors by a counter of its own', () => {
    const own = [...pods.slice(0, 2), 'errors: http_errors_total{grave="yes"}']
    expect(source(own)).toMatchObject({
      errors: { selector: { name: 'http_errors_total', matchers: [{ label: 'grave', op: '=', value: 'yes' }] } },
    })
  })

  it('takes errors that repeat the counter of requests for labels of it', () => {
    expect(source([...pods.slice(0, 2), 'errors: http_requests_total{code=~"5.."}'])).toMatchObject({ errors: failed })
  })

  it.each([
    ['http_request_duration_seconds_bucket', 'http_request_duration_seconds', 1000],
    ['request_time_ms', 'request_time_ms', 1],
    ['latency_microseconds', 'latency_microseconds', 0.001],
  ])('has a histogram %s with the unit in its name', (written, name, unit) => {
    expect(source([...pods, `latency: ${written}`])).toMatchObject({ latency: { selector: { name }, unit } })
  })

  it('has the unit that is said', () => {
    expect(source([...pods, 'latency: took', 'latencyUnit: ms'])).toMatchObject({ latency: { unit: 1 } })
  })

  it('differs by cluster, key by key; paths are absolute', () => {
    const lines = [
      ...prometheus,
      'ca: certs/ca.pem',
      'auth: { bearer: env:PROM_TOKEN }',
      'headers: { X-Scope-OrgID: acme, X-Api-Key: file:key }',
      'clusters: { staging: { url: http://other, auth: { basic: { username: me, password: file:pass } } } }',
    ]
    const endpoint = (cluster: string) => (source(lines, { cluster }) as { endpoint?: object }).endpoint
    const headers = { 'X-Scope-OrgID': 'acme', 'X-Api-Key': 'file:/project/key' }
    const ca = '/project/certs/ca.pem'
    expect(endpoint('staging')).toEqual({
      url: 'http://other',
      auth: { basic: { username: 'me', password: 'file:/project/pass' } },
      headers,
      ca,
    })
    expect(endpoint('elsewhere')).toEqual({
      url: 'https://prometheus.internal',
      auth: { bearer: 'env:PROM_TOKEN' },
      headers,
      ca,
    })
  })
})

describe('what is wrong with it is said where it stands', () => {
  it.each([
    ['no source', ['requests: a', 'errors: b'], 'metrics.source: missing', 'add source: prometheus, pods or http-json'],
    [
      'an unknown source',
      ['source: promethus', 'requests: a', 'errors: b'],
      '"promethus" is not a source of figures',
      'did you mean prometheus?',
    ],
    ['no url', ['source: prometheus', 'requests: a', 'errors: b'], 'metrics: there is no url', 'add url:'],
    [
      'no requests',
      ['source: pods', 'errors: b'],
      'metrics.requests: missing',
      'write requests: http_requests_total{namespace="web"}',
    ],
    [
      'a key of another source',
      [...pods, 'url: http://x'],
      'metrics.url: the source pods has no url',
      'remove it: url belongs to prometheus and http-json',
    ],
    [
      'an expression',
      [...pods.slice(0, 1), 'requests: rate(a[5m])', 'errors: b'],
      'metrics.requests: at character 5: rate(…) is an expression',
      'name only the counter',
    ],
    [
      'errors that are all requests',
      [...pods.slice(0, 2), 'errors: "{}"'],
      'metrics.errors: every request would be an error',
      'say which: code=~"5.."',
    ],
    [
      'buckets as a counter',
      ['source: pods', 'requests: a_bucket', 'errors: b'],
      'a_bucket has a series for each bound',
      'use a_count',
    ],
    [
      'a fixed job',
      [...prometheus.slice(0, 2), 'requests: a{job="web"}', 'errors: b'],
      'job may be another one for the new pods',
      'remove job="web"',
    ],
    [
      'a fixed pod',
      [...prometheus.slice(0, 2), 'requests: a{pod="web-0"}', 'errors: b'],
      'pods are chosen here',
      'remove pod="web-0"',
    ],
    [
      'an unknown unit',
      [...pods, 'latency: took'],
      'the unit of took is not in its name',
      'add latencyUnit: s, ms or us',
    ],
    [
      'a list of bounds for a histogram',
      [...pods, 'latency: [{ le: 1s, pointer: /x }]'],
      'the source pods takes a histogram',
      'write its name',
    ],
    ['port 0', [...pods, 'port: 0'], '0 is not a port', 'write a number from 1 to 65535'],
    ['a path without a slash', [...pods, 'path: metrics'], '"metrics" is not a path', 'write it like /metrics'],
    [
      'a URL without a scheme',
      [...prometheus.filter((line) => !line.startsWith('url')), 'url: prometheus:9090'],
      '"prometheus:9090" is not a URL',
      'write it like https://prometheus.internal',
    ],
    [
      'a cluster that is not there',
      [...prometheus, 'clusters: { stagin: { url: http://x } }'],
      'there is no cluster "stagin"',
      'did you mean staging?',
    ],
    [
      'a URL of JSON for nobody',
      [...json.filter((line) => !line.startsWith('url')), 'url: http://x'],
      'it cannot tell new pods from old ones',
      'put {pod} or {version} into the URL',
    ],
    [
      'an unknown placeholder',
      [...json.filter((line) => !line.startsWith('url')), 'url: http://x/{pud}'],
      '{pud} is not known here',
      'did you mean pod?',
    ],
    [
      'no pointer',
      [...json.slice(0, 2), 'requests: requests', 'errors: /e'],
      '"requests" is not a JSON pointer',
      'write it like /http/requests',
    ],
    [
      'a bound with two pointers',
      [...json, 'latency: [{ le: 1s, pointer: /a }, { le: 2s, pointer: /b }, { le: 1000ms, pointer: /c }]'],
      'metrics.latency[2].le: 1 s is there twice',
      'give each bound one pointer',
    ],
    [
      'two ways to log in',
      [...prometheus, 'auth: { bearer: env:A, basic: { username: a, password: env:B } }'],
      'log in by one of bearer and basic',
      'write { bearer: env:PROM_TOKEN }',
    ],
    ['a unit in every', [...pods, 'every: 5'], '5 is not a duration', 'add a unit: 5s'],
  ])('%s', (_, lines, what, remedy) => {
    const said = refusal(() => parse(withMetrics(...lines)))
    expect(said).toContain(what)
    expect(said).toContain(remedy)
    expect(said).toMatch(/deploy\.yaml:\d+:\d+: services\.web\.metrics/)
  })

  it.each([
    ['auth: { bearer: s3cr3t }'],
    ['auth: s3cr3t'],
    ['auth: [s3cr3t]'],
    ['auth: { basic: { username: me, password: s3cr3t } }'],
    ['auth: { basic: s3cr3t }'],
    ['headers: { Authorization: Bearer s3cr3t }'],
    ['headers: { X-Api-Key: s3cr3t }'],
    ['headers: s3cr3t'],
    ['url: https://me:s3cr3t@prometheus.internal'],
    ['url: htp://me:s3cr3t@prometheus.internal'],
  ])('%s is refused, and the secret is not shown', (line) => {
    const rest = prometheus.filter((other) => !line.startsWith('url') || !other.startsWith('url'))
    const { what, remedy } = refused(() => parse(withMetrics(...rest, line)))
    expect(`${what} ${remedy}`).not.toContain('s3cr3t')
    expect(what).toMatch(/services\.web\.metrics\.(?:auth|headers|url)/)
  })

  it('nor by what is wrong beside it', () => {
    const services =
      '  web: { image: a/web, metrics: { source: nothing, auth: { bearer: s3cr3t }, requests: a, errors: b } }'
    const said = refusal(() => parse(file({ services })))
    expect(said).toContain('"nothing" is not a source')
    expect(said).not.toContain('s3cr3t')
  })
})

describe('what a cluster or a query makes wrong', () => {
  it.each([
    ['queries of pods', pods, [{ name: 'queue', query: 'x' }], 'the source pods has no queries, and "queue" is one'],
    ['a query that is no pointer', json, [{ name: 'queue', query: 'x' }], 'the query "queue" is not a JSON pointer'],
    [
      'a query of each pod',
      json,
      [{ name: 'queue', query: '/x' }],
      'the query "queue" would have a value for each pod',
    ],
    [
      'a cluster without a URL',
      [...prometheus.filter((line) => !line.startsWith('url')), 'clusters: { staging: { url: http://x } }'],
      [],
      'metrics have no url for the cluster "other"',
    ],
  ])('%s', (_, lines, queries, what) => {
    expect(refused(() => source(lines, { cluster: 'other', queries }))).toMatchObject({
      code: 'config-metrics',
      what: `deploy.yaml:5:5: ${what}`,
    })
  })
})
