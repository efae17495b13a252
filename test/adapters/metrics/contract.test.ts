import { describe, expect, it } from 'vitest'
import { type MetricsOptions, openMetrics } from '../../../src/adapters/metrics/index.ts'
import { Metrics } from '../../../src/config/metrics.ts'
import { sourceOf } from '../../../src/config/metrics-source.ts'
import type { MetricsSource, Reading, Unread } from '../../../src/core/metrics.ts'
import { minute, second } from '../../../src/core/time.ts'
import type { MeasuredPod } from '../../../src/ports.ts'
import { fakePods } from './support/pods.ts'
import { type FakeSeries, fakePrometheus, fakeServer, json } from './support/server.ts'

/** What one pod has counted. */
interface Counts {
  readonly ok: number
  readonly failed: number
  readonly fast: number
}

/** What all pods have counted at a poll; a pod that can't be asked is `null`. */
type Story = Readonly<Record<string, Counts | null>>

const stories: Readonly<Record<string, Story>> = {
  'all well': { 'web-1': { ok: 100, failed: 0, fast: 90 }, 'web-2': { ok: 50, failed: 0, fast: 50 } },
  'some failed': { 'web-1': { ok: 95, failed: 5, fast: 10 }, 'web-2': { ok: 50, failed: 1, fast: 50 } },
  'nothing was asked': { 'web-1': { ok: 0, failed: 0, fast: 0 }, 'web-2': { ok: 0, failed: 0, fast: 0 } },
  'one pod is not there': { 'web-1': { ok: 10, failed: 0, fast: 10 }, 'web-2': null },
}

const shared = {
  every: 5 * second,
  requests: { name: 'http_requests_total', matchers: [] },
  errors: { matchers: [{ label: 'code', op: '=~', value: '5..' }] },
  latency: { selector: { name: 'took_seconds', matchers: [] }, unit: second },
} as const

interface Told {
  readonly source: MetricsSource
  readonly door?: MetricsOptions['door']
}

const bucketsOf = ({ ok, failed, fast }: Counts) =>
  [
    ['0.5', fast],
    ['+Inf', ok + failed],
  ] as const

/** As users write it. */
const written = (metrics: object): MetricsSource =>
  sourceOf({ entry: Metrics.parse(metrics), folder: '/', place: 'metrics' }, { cluster: 'a', queries: [] })

/** How each source is told a story. */
const tellers: Readonly<Record<MetricsSource['kind'], (story: Story) => Promise<Told>>> = {
  pods: async (story) => {
    const { door } = await fakePods(
      Object.fromEntries(
        Object.entries(story).map(([name, counts]) => [
          name,
          (request, response) => {
            if (counts === null) return void request.socket.destroy()
            response.end(
              [
                '# TYPE http_requests_total counter',
                `http_requests_total{code="200"} ${counts.ok}`,
                `http_requests_total{code="500"} ${counts.failed}`,
                '# TYPE took_seconds histogram',
                ...bucketsOf(counts).map(([le, count]) => `took_seconds_bucket{le="${le}"} ${count}`),
                '',
              ].join('\n'),
            )
          },
        ]),
      ),
    )
    return { source: { kind: 'pods', port: 8080, ...shared }, door }
  },
  prometheus: async (story) => {
    const series = (name: string, labels: Record<string, string>, value: number): FakeSeries => ({
      labels: { __name__: name, ...labels },
      values: [[1, String(value)]],
    })
    const { url } = await fakePrometheus((query) =>
      Object.entries(story).flatMap(([pod, counts]) => {
        if (counts === null) return []
        if (query.startsWith('took_seconds_bucket'))
          return bucketsOf(counts).map(([le, count]) => series('took_seconds_bucket', { pod, le }, count))
        if (!query.startsWith('http_requests_total')) return []
        return [
          series('http_requests_total', { pod, code: '200' }, counts.ok),
          series('http_requests_total', { pod, code: '500' }, counts.failed),
        ]
      }),
    )
    return { source: { kind: 'prometheus', endpoint: { url }, podLabel: 'pod', queries: [], ...shared } }
  },
  'http-json': async (story) => {
    const { url } = await fakeServer((request, response) => {
      const counts = story[(request.url ?? '').slice(1)]
      if (!counts) return json(response, {}, 404)
      const { ok, failed, fast } = counts
      json(response, { requests: ok + failed, errors: failed, fast })
    })
    return {
      source: written({
        source: 'http-json',
        every: '5s',
        url: `${url}/{pod}`,
        requests: '/requests',
        errors: '/errors',
        latency: [{ le: '500ms', pointer: '/fast' }],
      }),
    }
  },
}

/** What a reading means, whichever series it is made of. */
function meaningOf(reading: Reading | Unread) {
  if ('down' in reading) return reading
  const pods: Record<string, Record<string, number>> = {}
  for (const { pod, counted, samples } of reading.series) {
    const value = samples.at(-1)?.[1] ?? Number.NaN
    const names =
      typeof counted === 'object' ? [`≤ ${counted.le} ms`] : counted === 'both' ? ['requests', 'errors'] : [counted]
    const sums = (pods[pod] ??= {})
    for (const name of names) sums[name] = (sums[name] ?? 0) + value
  }
  return { pods, missing: reading.missing.map(({ pod }) => pod) }
}

const expected = (story: Story) => ({
  pods: Object.fromEntries(
    Object.entries(story).flatMap(([pod, counts]) =>
      counts === null
        ? []
        : [
            [
              pod,
              {
                requests: counts.ok + counts.failed,
                errors: counts.failed,
                '≤ 500 ms': counts.fast,
                '≤ Infinity ms': counts.ok + counts.failed,
              },
            ],
          ],
    ),
  ),
  missing: Object.keys(story).filter((pod) => story[pod] === null),
})

describe.each(Object.entries(tellers))('%s tells the same story as the others', (_, tell) => {
  it.each(Object.entries(stories))('%s', async (_name, story) => {
    const { source, door } = await tell(story)
    const pods = Object.keys(story).map((name): MeasuredPod => ({ name, uid: name, track: 'new', annotations: {} }))
    await using metrics = await openMetrics(source, {
      cluster: 'a',
      namespace: 'web',
      service: 'web',
      versions: { new: 'v2', stable: 'v1' },
      env: {},
      clock: { now: () => 1000, elapsed: () => 0, sleep: () => Promise.resolve() },
      door: door as MetricsOptions['door'],
    })
    expect(meaningOf(await metrics.read(pods, minute, { signal: new AbortController().signal }))).toEqual(
      expected(story),
    )
    expect(metrics.every).toBe(5 * second)
  })
})
