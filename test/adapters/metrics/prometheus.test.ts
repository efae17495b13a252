import { describe, expect, it } from 'vitest'
import { prometheusMetrics } from '../../../src/adapters/metrics/prometheus.ts'
import type { NamedQuery, PrometheusSource, Reading, Unread } from '../../../src/core/metrics.ts'
import { minute, type Millis } from '../../../src/core/time.ts'
import type { Clock, MeasuredPod } from '../../../src/ports.ts'
import { type FakeSeries, fakePrometheus, fakeServer, type Script } from './support/server.ts'

const signal = new AbortController().signal
const pod = (name: string): MeasuredPod => ({ name, uid: name, track: 'new', annotations: {} })
const pods = [pod('web-1'), pod('web-2')]

const source: Omit<PrometheusSource, 'endpoint'> = {
  kind: 'prometheus',
  every: 5000,
  requests: { name: 'a_total', matchers: [{ label: 'namespace', op: '=', value: 'web' }] },
  errors: { matchers: [{ label: 'code', op: '=~', value: '5..' }] },
  podLabel: 'pod',
  queries: [],
}

const of = (
  labels: Readonly<Record<string, string>>,
  ...values: readonly (readonly [number, string])[]
): FakeSeries => ({
  labels: { __name__: 'a_total', instance: '10.0.0.1:8080', job: 'web', pod: 'web-1', ...labels },
  values,
})

interface Told {
  readonly script: Script
  readonly types?: Readonly<Record<string, string>>
  readonly more?: Partial<PrometheusSource>
  readonly of?: readonly MeasuredPod[]
}

const clock: Clock = { now: () => 1000, elapsed: () => 0, sleep: () => Promise.resolve() }
const options = { cluster: 'east', namespace: 'web', env: {}, clock }

const opened = async ({ script, types, more }: Told) => {
  const { url } = await fakePrometheus(script, types)
  return prometheusMetrics({ ...source, endpoint: { url }, ...more }, options)
}

const read = async (told: Told): Promise<Reading | Unread> => {
  await using metrics = await opened(told)
  return metrics.read(told.of ?? [pod('web-1')], 2 * minute, { signal })
}

const ask = async (answer: ReturnType<Script>): Promise<Reading> => {
  const queries: NamedQuery[] = [{ name: 'queue', query: 'queue_length' }]
  const reading = await read({ script: (query) => (query === 'queue_length' ? answer : []), more: { queries }, of: [] })
  if ('down' in reading) throw new Error(reading.down)
  return reading
}

describe('the figures of Prometheus', () => {
  it('are the raw samples of each series of each pod', async () => {
    const series = [
      of({ code: '200' }, [100.5, '7'], [115.5, '9']),
      of({ code: '503', pod: 'web-2', instance: 'b' }, [101, '2']),
    ]
    const reading = await read({ script: (query) => (query.startsWith('a_total') ? series : []), of: pods })
    expect(reading).toMatchObject({
      series: [
        {
          pod: 'web-1',
          counted: 'requests',
          samples: [
            [100_500, 7],
            [115_500, 9],
          ],
        },
        { pod: 'web-2', counted: 'both', samples: [[101_000, 2]] },
      ],
      missing: [],
    })
  })

  it('are asked for by pod, with the labels that narrow them, over the time that is wanted', async () => {
    const asked: string[] = []
    const script: Script = (query) => {
      asked.push(query)
      return []
    }
    await read({ script, of: [pod('web-1'), pod('web.2')] })
    expect(asked[0]).toBe('a_total{namespace="web",pod=~"web-1|web\\\\.2"}[120s]')
  })

  it('are buckets of a histogram, in milliseconds', async () => {
    const more = { latency: { selector: { name: 't_seconds', matchers: [] }, unit: 1000 } }
    const script: Script = (query) => {
      if (query.startsWith('t_seconds_bucket')) return [of({ le: '0.25' }, [1, '3']), of({ le: '+Inf' }, [1, '5'])]
      return query.startsWith('a_total') ? [of({}, [1, '5'])] : []
    }
    expect(await read({ script, more })).toMatchObject({
      series: [{ counted: 'requests' }, { counted: { le: 250 } }, { counted: { le: Infinity } }],
    })
  })

  it('that are no number of 0 or more are left out where the counter is one again', async () => {
    const reading = await read({ script: () => [of({}, [1, 'NaN'], [2, '3'], [3, '+Inf'], [4, '-1'], [5, '4'])] })
    expect(reading).toMatchObject({
      series: [
        {
          samples: [
            [2000, 3],
            [5000, 4],
          ],
        },
      ],
      missing: [],
    })
  })

  it('count a pod once that two jobs or two replicas scrape, always by the same of them', async () => {
    const own = of({ job: 'web', prometheus_replica: 'a' }, [1, '5'])
    const twin = of({ job: 'another', prometheus_replica: 'b' }, [1, '6'])
    let series = [own]
    await using metrics = await opened({ script: () => series })
    const samples = async () => {
      const reading = await metrics.read([pod('web-1')], minute, { signal })
      return 'down' in reading ? reading.down : reading.series.map((one) => [one.id, one.samples[0]?.[1]])
    }
    const id = 'a_total{instance="10.0.0.1:8080"}'
    const seen = [await samples()]
    for (series of [[twin, own], [twin]]) seen.push(await samples())
    expect(seen).toEqual([[[id, 5]], [[id, 5]], [[id, 6]]])
  })

  it('of pods of the same name elsewhere are not ours', async () => {
    const script: Script = () => [
      of({ namespace: 'web', cluster: 'east' }, [1, '5']),
      of({ namespace: 'web', cluster: 'west' }, [1, '9']),
    ]
    expect(await read({ script })).toMatchObject({ series: [{ samples: [[1000, 5]] }], missing: [] })
  })
})

describe('a pod that can not be told', () => {
  const up =
    (value: string): Script =>
    (query) =>
      query.startsWith('up') ? [of({}, [1, value])] : []
  it.each<[string, Script, string]>([
    [
      'nobody scrapes it',
      () => [],
      'Prometheus has no a_total of it, nor scrapes it (yet): see its targets, and podLabel of metrics',
    ],
    ['scrapes fail', up('0'), 'Prometheus fails to scrape it (up is 0): see its targets'],
    [
      'two ports count the same',
      () => [of({ instance: 'x:80' }, [1, '5']), of({ instance: 'x:81' }, [1, '5'])],
      'the same is counted at x:80 and x:81: say which in requests of metrics, for example by container or instance',
    ],
    [
      'two jobs scrape one of its ports',
      () => [
        of({ container: 'a', instance: 'x:80' }, [1, '5']),
        of({ container: 'a', instance: 'x:80', job: 'another' }, [1, '6']),
        of({ container: 'b', instance: 'x:81' }, [1, '5']),
      ],
      'Prometheus has a_total{container="a",instance="x:80"} twice: let one job scrape it, or narrow requests, errors and latency of metrics with labels',
    ],
    [
      'it is in two clusters, none of which is ours',
      () => [of({ cluster: 'a' }, [1, '5']), of({ cluster: 'b' }, [1, '5'])],
      'Prometheus has several pods of this name, with cluster a, b: add cluster to requests of metrics',
    ],
  ])('because %s is missing, with why', async (_, script, why) => {
    expect(await read({ script })).toMatchObject({ series: [], missing: [{ pod: 'web-1', why }] })
  })

  it.each(['NaN', '+Inf', '-1', 'one'])(
    'because its errors are %s now is missing, and counts nothing',
    async (value) => {
      const errors = { selector: { name: 'e_total', matchers: [] } }
      const script: Script = (query) =>
        query.startsWith('e_total')
          ? [of({}, [1, '3'], [2, value]), of({ pod: 'web-2' }, [1, '0'])]
          : [of({}, [1, '5']), of({ pod: 'web-2' }, [1, '6'])]
      const number = { '+Inf': 'Infinity', one: 'NaN' }[value] ?? value
      expect(await read({ script, more: { errors }, of: pods })).toMatchObject({
        series: [
          { pod: 'web-2', counted: 'requests' },
          { pod: 'web-2', counted: 'errors' },
        ],
        missing: [{ pod: 'web-1', why: `e_total is ${number}, a counter is a number of 0 or more` }],
      })
    },
  )

  it('because it has histograms with different buckets is missing, and counts nothing', async () => {
    const more = { latency: { selector: { name: 't_seconds', matchers: [] }, unit: 1000 } }
    const script: Script = (query) =>
      query.startsWith('t_seconds_bucket')
        ? [
            of({ route: '/a', le: '0.1' }, [1, '3']),
            of({ route: '/a', le: '+Inf' }, [1, '5']),
            of({ route: '/b', le: '0.25' }, [1, '3']),
            of({ route: '/b', le: '+Inf' }, [1, '5']),
          ]
        : query.startsWith('a_total')
          ? [of({}, [1, '5'])]
          : []
    expect(await read({ script, more })).toMatchObject({
      series: [],
      missing: [
        {
          pod: 'web-1',
          why: 't_seconds has different buckets in one page ({route="/a"}, {route="/b"}): name one of them with labels in latency',
        },
      ],
    })
  })

  it('is not missing when it is scraped and has counted nothing yet', async () => {
    expect(await read({ script: up('1') })).toMatchObject({ series: [], missing: [] })
  })
})

describe('what is wrong with the metrics', () => {
  const latency = { selector: { name: 't_seconds', matchers: [] }, unit: 1000 }
  it.each<[string, Readonly<Record<string, string>>, string | null]>([
    ['a gauge', { a_total: 'gauge' }, 'a_total is a gauge, requests needs a counter'],
    ['a gauge by its OpenMetrics name', { a: 'gauge' }, 'a_total is a gauge, requests needs a counter'],
    ['a summary for a histogram', { t_seconds: 'summary' }, 't_seconds is a summary'],
    ['nothing that is known', { a_total: 'unknown' }, null],
    ['a counter', { a_total: 'counter', t_seconds: 'histogram' }, null],
  ])('%s', async (_, types, said) => {
    const script: Script = (query) => (query.startsWith('count') ? [] : [of({ le: '1' }, [1, '5'])])
    const reading = await read({ script, types, more: { latency } })
    expect(reading).toMatchObject(said === null ? { missing: [] } : { down: expect.stringContaining(said) as string })
  })

  it('a histogram without buckets is a native one', async () => {
    const script: Script = (query) => (query.startsWith('t_seconds_bucket') ? [] : [of({}, [1, '5'])])
    expect(await read({ script, more: { latency } })).toMatchObject({
      down: expect.stringContaining('it is a native histogram') as string,
    })
  })

  it('a query that Prometheus refuses', async () => {
    expect(await read({ script: () => ({ error: 'too many samples' }) })).toMatchObject({
      down: expect.stringMatching(
        / refuses to give requests \(too many samples\): mend requests of metrics$/,
      ) as string,
    })
  })

  it('another API', async () => {
    expect(await read({ script: () => ({ raw: { hello: 'world' } }) })).toMatchObject({
      down: expect.stringContaining('does not speak the API of Prometheus') as string,
    })
  })
})

describe('a query of the user’s own', () => {
  it.each<[string, ReturnType<Script>, number | null]>([
    ['one series', [of({}, [1, '3.5'])], 3.5],
    ['a scalar', 4, 4],
    ['nothing', [], null],
    ['NaN', [of({}, [1, 'NaN'])], null],
    ['infinity', [of({}, [1, '+Inf'])], null],
  ])('gives %s', async (_, answer, value) => {
    const { values, complaints } = await ask(answer)
    expect([values.get('queue'), complaints?.size]).toEqual([value, 0])
  })

  it.each<[string, ReturnType<Script>, string]>([
    [
      'two series',
      [
        { labels: { zone: 'a' }, values: [[1, '1']] },
        { labels: { zone: 'b' }, values: [[1, '2']] },
      ],
      'the query queue gives 2 series ({zone="a"}, {zone="b"}), not one number: wrap it, as in sum(…) or max(…)',
    ],
    [
      'a range',
      { raw: { status: 'success', data: { resultType: 'matrix', result: [] } } },
      'the query queue gives a range, not one number: wrap it',
    ],
    [
      'text',
      { raw: { status: 'success', data: { resultType: 'string', result: [1, 'x'] } } },
      'the query queue gives text, not one number',
    ],
    [
      'a histogram',
      { raw: { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, histogram: [1, {}] }] } } },
      'the query queue gives a histogram, not one number',
    ],
    [
      'an error',
      { error: 'parse error: unexpected end' },
      'Prometheus refuses the query queue (parse error: unexpected end): mend it',
    ],
  ])('that gives %s is complained about; the other figures stay', async (_, answer, said) => {
    const { values, complaints } = await ask(answer)
    expect(values.get('queue')).toBe(null)
    expect(complaints?.get('queue')).toContain(said)
  })
})

it('a query that is no PromQL is not sent', async () => {
  const asked: string[] = []
  const script: Script = (query) => {
    asked.push(query)
    return []
  }
  const queries = [{ name: 'queue', query: 'sum(' }]
  expect(await read({ script, more: { queries }, of: [] })).toMatchObject({
    complaints: new Map([
      ['queue', 'the query queue can not be used: it is no PromQL from character 5 on, where it ends'],
    ]),
  })
  expect(asked).toEqual([])
})

it('a server that takes no POST is asked by GET', async () => {
  const { url } = await fakeServer((request, response) => {
    if (request.method === 'POST') return void response.writeHead(405).end('{}')
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } }))
  })
  await using metrics = prometheusMetrics({ ...source, endpoint: { url } }, options)
  expect(await metrics.read([pod('web-1')], minute, { signal })).toMatchObject({ series: [] })
})

it('answers of an error without JSON are no answer', async () => {
  const { url } = await fakeServer(
    (_, response) => void response.writeHead(500).end('{"status":"error","error":"disk"}'),
  )
  await using metrics = prometheusMetrics({ ...source, endpoint: { url } }, options)
  expect(await metrics.read([pod('web-1')], minute, { signal })).toEqual({
    down: `${url} failed with status 500 (disk): see what ails it`,
  })
})

describe('the time of what Prometheus says', () => {
  const atOf = async (headers: Readonly<Record<string, string>>): Promise<Millis | null> => {
    const { url } = await fakeServer((_, response) => {
      response.sendDate = false
      response
        .writeHead(200, headers)
        .end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } }))
    })
    await using metrics = prometheusMetrics({ ...source, endpoint: { url } }, options)
    const reading = await metrics.read([pod('web-1')], minute, { signal })
    return 'down' in reading ? null : reading.at
  }

  it('is its own', async () => {
    expect(await atOf({ date: 'Tue, 03 Mar 2026 10:00:07 GMT' })).toBe(Date.UTC(2026, 2, 3, 10, 0, 7))
  })

  it.each([{}, { date: 'yesterday' }])('is that of this machine where it says none: %o', async (headers) => {
    expect(await atOf(headers)).toBe(1000)
  })
})
