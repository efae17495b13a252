import { describe, expect, it } from 'vitest'
import { httpJsonMetrics } from '../../../src/adapters/metrics/http-json.ts'
import type { Rule } from '../../../src/core/evidence.ts'
import type { HttpJsonSource, Reading, Unread } from '../../../src/core/metrics.ts'
import { minute } from '../../../src/core/time.ts'
import { agree } from '../../../src/judge/compared/streams.ts'
import { countedSince, heard, noHistory } from '../../../src/judge/history.ts'
import { weigh } from '../../../src/judge/weigh.ts'
import type { MeasuredPod } from '../../../src/ports.ts'
import { fakeServer, json } from './support/server.ts'

const signal = new AbortController().signal
const pod = (name: string, track: MeasuredPod['track'] = 'new'): MeasuredPod => ({
  name,
  uid: name,
  track,
  annotations: {},
})

const read = async (
  path: string,
  pages: Readonly<Record<string, unknown>>,
  more: Partial<HttpJsonSource> = {},
  pods = [pod('web-1'), pod('web-2', 'stable')],
  now = 1000,
): Promise<Reading | Unread> => {
  const { url } = await fakeServer((request, response) => {
    const page = pages[request.url ?? '']
    if (page === undefined) json(response, { error: 'none' }, 404)
    else json(response, page)
  })
  const source: HttpJsonSource = {
    kind: 'http-json',
    every: 10_000,
    endpoint: { url: `${url}${path}` },
    requests: '/http/requests',
    errors: '/http/errors',
    queries: [],
    ...more,
  }
  await using metrics = httpJsonMetrics(source, {
    cluster: 'east',
    namespace: 'ns',
    service: 'web',
    versions: { new: 'v2', stable: 'v1' },
    env: {},
    clock: { now: () => now, elapsed: () => 0, sleep: () => Promise.resolve() },
  })
  return metrics.read(pods, 0, { signal })
}

const page = (requests: unknown, errors: unknown, more: object = {}) => ({ http: { requests, errors }, ...more })

describe('figures in JSON', () => {
  it('are asked for each pod', async () => {
    const pages = { '/east/ns/web/web-1': page(7, 1), '/east/ns/web/web-2': page(9, 0) }
    expect(await read('/{cluster}/{namespace}/{service}/{pod}', pages)).toEqual({
      series: [
        { pod: 'web-1', id: '/http/requests', counted: 'requests', samples: [[1000, 7]] },
        { pod: 'web-1', id: '/http/errors', counted: 'errors', samples: [[1000, 1]] },
        { pod: 'web-2', id: '/http/requests', counted: 'requests', samples: [[1000, 9]] },
        { pod: 'web-2', id: '/http/errors', counted: 'errors', samples: [[1000, 0]] },
      ],
      missing: [],
      values: new Map(),
      complaints: new Map(),
      at: 1000,
    })
  })

  it('are asked for each version, and queries are about the new one', async () => {
    const pages = { '/v1': page(9, 0, { queue: 1 }), '/v2': page(7, 1, { queue: 5 }) }
    expect(await read('/{version}', pages, { queries: [{ name: 'queue', query: '/queue' }] })).toMatchObject({
      series: [
        { pod: '', track: 'new', samples: [[1000, 7]] },
        { track: 'new' },
        { track: 'stable', samples: [[1000, 9]] },
        { track: 'stable' },
      ],
      values: new Map([['queue', 5]]),
    })
  })

  it('are numbers of requests up to a bound', async () => {
    const latency = [{ le: 500, pointer: '/fast' }]
    expect(await read('/{pod}', { '/web-1': page(7, 1, { fast: 6 }) }, { latency }, [pod('web-1')])).toMatchObject({
      series: [
        { id: '/http/requests', counted: 'requests' },
        {},
        { counted: { le: 500 }, samples: [[1000, 6]] },
        { id: '/http/requests le=+Inf', counted: { le: Infinity }, samples: [[1000, 7]] },
      ],
    })
  })

  it('without latency are no histogram', async () => {
    const pages = { '/web-1': page(7, 1) }
    for (const more of [{}, { latency: [] }])
      expect(await read('/{pod}', pages, more, [pod('web-1')])).toMatchObject({ series: [{}, {}] })
  })

  it('hold the slowest requests, too: more than half slower than the last bound is slow', async () => {
    const latency = [
      { le: 500, pointer: '/le500' },
      { le: 2000, pointer: '/le2000' },
    ]
    const at = (now: number, requests: number, within: number) =>
      read(
        '/{pod}',
        { '/web-1': page(requests, 0, { le500: within, le2000: within }) },
        { latency },
        [pod('web-1')],
        now,
      )
    let history = noHistory
    for (const [now, requests, within] of [
      [1000, 0, 0],
      [11_000, 1000, 400],
    ] as const) {
      const said = await at(now, requests, within)
      if (!('down' in said)) history = heard(history, said, new Map([['web-1', { track: 'new', fresh: true }]]), now)
    }
    const figure = { kind: 'latency', quantile: 0.95 } as const
    const slow: Rule = { text: 'latency.p95 > 500ms', figure, op: '>', value: 500, over: minute }
    expect(weigh(slow, history, 'new', { since: 1000, now: 11_000 })).toMatchObject({ answer: 'crossed', seen: 1000 })
    expect(agree(countedSince(history, 'new', 1000).buckets)).toBe(true)
  })

  it.each([
    [{ le2000: 8, le500: 5 }, '/le2000 is 8, more than the 7 of /http/requests'],
    [{ le2000: 5, le500: 6 }, '/le500 is 6, more than the 5 of /le2000'],
  ])('of %j within bounds are not read at all: a wider bound holds no fewer', async (within, why) => {
    const latency = [
      { le: 2000, pointer: '/le2000' },
      { le: 500, pointer: '/le500' },
    ]
    expect(await read('/{pod}', { '/web-1': page(7, 1, within) }, { latency }, [pod('web-1')])).toEqual({
      down: `${why}: mend the pointers in metrics`,
    })
  })

  it('that are null are no data', async () => {
    expect(await read('/{pod}', { '/web-1': page(null, null) }, {}, [pod('web-1')])).toMatchObject({
      series: [],
      missing: [],
    })
  })

  it.each([
    [null, 0, '/http/requests is no number beside others that are'],
    [7, null, '/http/errors is no number beside others that are'],
    [7, -1, '/http/errors is -1, a counter is a number of 0 or more'],
  ])('of %s requests and %s errors are not read at all', async (requests, errors, why) => {
    expect(await read('/{pod}', { '/web-1': page(requests, errors) }, {}, [pod('web-1')])).toEqual({ down: why })
  })

  it('of one pod that are not there leave those of the others', async () => {
    expect(await read('/{pod}', { '/web-1': page(7, 1) })).toMatchObject({
      series: [{ pod: 'web-1' }, { pod: 'web-1' }],
      missing: [
        { pod: 'web-2', why: expect.stringContaining('answered with status 404: check url of metrics') as string },
      ],
    })
  })

  it('of a version that are not there are missing under its name, where it has no pods yet', async () => {
    expect(await read('/{version}', { '/v1': page(9, 0) }, {}, [pod('old-1', 'stable')])).toMatchObject({
      series: [{ track: 'stable' }, { track: 'stable' }],
      missing: [{ pod: 'v2', why: expect.stringContaining('answered with status 404') as string }],
    })
  })

  it('of a version that are not there are missing for all of its pods', async () => {
    const pods = [pod('web-1'), pod('old-1', 'stable'), pod('old-2', 'stable')]
    expect(await read('/{version}', { '/v2': page(7, 1) }, {}, pods)).toMatchObject({
      missing: [{ pod: 'old-1' }, { pod: 'old-2' }],
    })
  })

  it.each([
    ['text', page('7', 1), 'there is text at /http/requests, and a number is needed: mend the pointer in metrics'],
    ['a map', page({}, 1), 'there are several values at /http/requests, and a number is needed'],
    ['nothing', { http: {} }, 'there is nothing at /http/requests, and a number is needed'],
  ])('that are %s are refused', async (_, said, down) => {
    expect(await read('/{pod}', { '/web-1': said }, {}, [pod('web-1')])).toMatchObject({
      down: expect.stringContaining(down) as string,
    })
  })

  it('a query that finds no number is complained about; the other figures stay', async () => {
    const queries = [{ name: 'queue', query: '/queue' }]
    expect(await read('/{version}', { '/v2': page(7, 1) }, { queries }, [pod('web-1')])).toMatchObject({
      series: [{}, {}],
      values: new Map([['queue', null]]),
      complaints: new Map([
        ['queue', 'the query queue: there is nothing at /queue, and a number is needed: mend the pointer in metrics'],
      ]),
    })
  })
})
