import { get } from 'node:http'
import { describe, expect, it } from 'vitest'
import { call, namespace, shop, type Shop } from '../../support/sim-shop.ts'
import { ask, served } from './support/served.ts'

const target = { namespace, route: 'web' } as const

/** After a minute of 60 requests a second. */
async function busy(tag: string): Promise<Shop & { readonly pod: string; readonly url: string }> {
  const all = await shop({ replicas: 2, tag })
  all.cluster.traffic({ ...target, rate: 60 })
  await all.sim.advance(60_000)
  const { url } = await served(all.cluster)
  return { ...all, url, pod: all.pods()[0]?.metadata.name ?? '' }
}

const metricsOf = async (url: string, pod: string): Promise<Record<string, number>> => {
  const { text } = await ask(url, `/api/v1/namespaces/${namespace}/pods/${pod}:8080/proxy/metrics`)
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(lines.map((line) => [line.replace(/ [^ ]*$/, ''), Number(/[^ ]*$/.exec(line)?.[0])]))
}

const requests = (code: number): string => `http_requests_total{method="GET",code="${code}"}`
const within = (bound: string): string => `http_request_duration_seconds_bucket{le="${bound}"}`

describe("a pod's own counters", () => {
  it('are of the requests that came to it', async () => {
    const { url, pod } = await busy('1.0.0-err10')
    expect(await metricsOf(url, pod)).toMatchObject({
      [requests(200)]: 1620,
      [requests(500)]: 180,
      http_request_duration_seconds_count: 1800,
      'app_info{tag="1.0.0-err10"}': 1,
    })
  })

  it('are spread over the buckets by its latency', async () => {
    const { url, pod } = await busy('1.0.0-lat300')
    const { [within('0.1')]: fast, [within('0.25')]: usual, [within('0.5')]: slow } = await metricsOf(url, pod)
    expect([fast, slow]).toEqual([0, 1800])
    expect(usual).toBeCloseTo((1800 * (250 - 210)) / 180, -1)
  })

  it('begin at zero when its container is started again', async () => {
    const { url, pod, sim } = await busy('1.0.0-die90')
    const before = await metricsOf(url, pod)
    await sim.advance(45_000)
    const after = await metricsOf(url, pod)
    expect(before[requests(200)]).toBeGreaterThan(1000)
    expect(after[requests(200)]).toBeLessThan(before[requests(200)] ?? 0)
  })
})

describe('the pod proxy', () => {
  it('reaches the application, which says who it is', async () => {
    const { url, pod } = await busy('1.0.0')
    const { headers, status } = await ask(url, `/api/v1/namespaces/${namespace}/pods/http:${pod}:8080/proxy/version`)
    expect([status, headers.get('x-version'), headers.get('x-pod')]).toEqual([200, '1.0.0', pod])
  })

  it('says so when nothing listens', async () => {
    const { url, pod } = await busy('1.0.0')
    const { json } = await ask(url, `/api/v1/namespaces/${namespace}/pods/${pod}:9090/proxy/metrics`)
    expect(json()).toMatchObject({ code: 503, message: expect.stringContaining('connection refused') as string })
  })
})

describe('port-forward', () => {
  const text = (url: string, createConnection: () => never): Promise<string> =>
    new Promise((resolve, reject) => {
      get(url, { createConnection }, (answer) => {
        let body = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => (body += chunk))
        answer.on('end', () => resolve(body))
      }).on('error', reject)
    })

  it.each([{ tls: true }, { tls: false }])('is a connection to the pod: %o', async ({ tls }) => {
    const { cluster, pod } = await busy('1.0.0-err10')
    const { adapter } = await served(cluster, { tls })
    const stream = await adapter.door.forward({ namespace, name: pod, port: 8080 }, call)
    expect(await text('http://pod/metrics', () => stream as never)).toContain(`${requests(200)} 1620`)
  })

  it('says what went wrong with a port', async () => {
    const { cluster, pod } = await busy('1.0.0')
    const { adapter } = await served(cluster)
    const stream = await adapter.door.forward({ namespace, name: pod, port: 9090 }, call)
    const failure = new Promise((resolve) => stream.once('error', resolve))
    expect(String(await failure)).toContain('connection refused')
  })
})
