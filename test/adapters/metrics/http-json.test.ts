import { describe, expect, it } from 'vitest'
import { httpJsonMetrics } from '../../../src/adapters/metrics/http-json.ts'
import type { HttpJsonSource, Reading, Unread } from '../../../src/core/metrics.ts'
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
    clock: { now: () => 1000, elapsed: () => 0, sleep: () => Promise.resolve() },
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
      series: [{}, {}, { counted: { le: 500 }, samples: [[1000, 6]] }],
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
