import type { RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import { podsMetrics } from '../../../src/adapters/metrics/pods.ts'
import { chosen } from '../../../src/adapters/metrics/choice.ts'
import type { PodsSource, Reading, Unread } from '../../../src/core/metrics.ts'
import { second } from '../../../src/core/time.ts'
import type { MeasuredPod, Metrics } from '../../../src/ports.ts'
import { fakePods, type FakePods, forbidden, page } from './support/pods.ts'

const source: PodsSource = {
  kind: 'pods',
  every: 10 * second,
  port: 8080,
  requests: { name: 'a_total', matchers: [] },
  errors: { matchers: [{ label: 'code', op: '=~', value: '5..' }] },
}
const signal = new AbortController().signal

const metricsOf = ({ door }: FakePods, more: Partial<PodsSource> = {}): Metrics =>
  podsMetrics(
    { ...source, ...more },
    {
      door,
      namespace: 'web',
      clock: { now: () => 1000, elapsed: () => 0, sleep: () => Promise.resolve() },
      patience: 500,
    },
  )

const readOnce = async (
  pods: FakePods,
  more: Partial<PodsSource> = {},
  which = pods.pods,
): Promise<Reading | Unread> => {
  await using metrics = metricsOf(pods, more)
  return metrics.read(which, 0, { signal })
}

const whyOf = async (answer: RequestListener, more: Partial<PodsSource> = {}): Promise<string> => {
  const reading = await readOnce(await fakePods({ 'web-1': answer }), more)
  return 'down' in reading ? reading.down : (reading.missing[0]?.why ?? 'it was read')
}

describe('the figures of pods', () => {
  it('are read by port-forward, over one connection for each pod, however often', async () => {
    const pods = await fakePods({ 'web-1': page('a_total{code="200"} 7'), 'web-2': page('a_total{code="500"} 3') })
    await using metrics = metricsOf(pods)
    for (let poll = 0; poll < 3; poll += 1) await metrics.read(pods.pods, 0, { signal })
    expect(await metrics.read(pods.pods, 0, { signal })).toEqual({
      series: [
        { pod: 'web-1', id: 'a_total{code="200"}', counted: 'requests', samples: [[1000, 7]] },
        { pod: 'web-2', id: 'a_total{code="500"}', counted: 'both', samples: [[1000, 3]] },
      ],
      missing: [],
      values: new Map(),
      at: 1000,
    })
    expect([metrics.name, pods.connections(), pods.proxied()]).toEqual(['pods by port-forward', 2, 0])
  })

  it('are read over a new connection where the pod ends each of them', async () => {
    const closing: RequestListener = (_, response) => void response.setHeader('connection', 'close').end('a_total 1\n')
    const pods = await fakePods({ 'web-1': closing })
    await using metrics = metricsOf(pods)
    await metrics.read(pods.pods, 0, { signal })
    expect(await metrics.read(pods.pods, 0, { signal })).toMatchObject({ series: [{ pod: 'web-1' }], missing: [] })
    // One to find the way, and one for each poll.
    expect(pods.connections()).toBe(3)
  })

  it('are read over a new connection when the old one was lost between two polls', async () => {
    let connection: { destroy(): void } | undefined
    const pods = await fakePods({
      'web-1': (request, response) => {
        connection = request.socket
        response.end('a_total 1\n')
      },
    })
    await using metrics = metricsOf(pods)
    await metrics.read(pods.pods, 0, { signal })
    connection?.destroy()
    expect(await metrics.read(pods.pods, 0, { signal })).toMatchObject({ series: [{ pod: 'web-1' }], missing: [] })
  })

  it('are read by the proxy of the API server where port-forward is not allowed; that is found out once', async () => {
    let asked = 0
    const refuse = (): Promise<never> => {
      asked += 1
      return forbidden('create pods/portforward')()
    }
    const pods = await fakePods({ 'web-1': page('a_total 1'), 'web-2': page('a_total 2') }, { forward: refuse })
    await using metrics = metricsOf(pods)
    await metrics.read(pods.pods, 0, { signal })
    expect(await metrics.read(pods.pods, 0, { signal })).toMatchObject({ missing: [] })
    expect([metrics.name, asked, pods.proxied()]).toEqual(['pods by the proxy of the API server', 1, 5])
  })

  it('and where a WebSocket gets no answer at all', async () => {
    const silence = (ending: AbortSignal): Promise<never> =>
      new Promise((_, reject) => ending.addEventListener('abort', () => reject(new Error('aborted'))))
    const pods = await fakePods({ 'web-1': page('a_total 1') }, { forward: silence })
    await using metrics = metricsOf(pods)
    expect(await metrics.read(pods.pods, 0, { signal })).toMatchObject({ series: [{ pod: 'web-1' }] })
    expect(metrics.name).toBe('pods by the proxy of the API server')
  })

  it('can not be read where neither is allowed, and it is said what to grant', async () => {
    const ways = { forward: forbidden('create pods/portforward'), get: forbidden('get pods/proxy') }
    expect(await readOnce(await fakePods({ 'web-1': page('a_total 1') }, ways))).toEqual({
      down: 'pods can not be read by port-forward (create pods/portforward), nor by the proxy of the API server (get pods/proxy): grant what is missing for create pods/portforward; or grant what is missing for get pods/proxy',
    })
  })

  it('of one pod that can not be read leave those of the others', async () => {
    const pods = await fakePods({ 'web-1': (request) => request.socket.destroy(), 'web-2': page('a_total 2') })
    expect(await readOnce(pods)).toMatchObject({
      series: [{ pod: 'web-2' }],
      missing: [{ pod: 'web-1', why: 'it ended the connection at port 8080, /metrics' }],
    })
  })

  it('over TLS, with a certificate that nobody signed', async () => {
    const pods = await fakePods({ 'web-1': page('a_total 1') }, { https: true })
    expect(await readOnce(pods, { scheme: 'https' })).toMatchObject({ series: [{ pod: 'web-1' }], missing: [] })
  })

  it('are where their annotations say', async () => {
    const pods = await fakePods({
      'web-1': (request, response) => void response.end(request.url === '/stats' ? 'a_total 1\n' : ''),
    })
    const annotations = { 'prometheus.io/port': '8080', 'prometheus.io/path': 'stats' }
    const { port: _, ...unplaced } = source
    await using metrics = podsMetrics(unplaced, {
      door: pods.door,
      namespace: 'web',
      clock: { now: () => 0, elapsed: () => 0, sleep: () => Promise.resolve() },
    })
    const annotated = pods.pods.map((pod) => ({ ...pod, annotations }))
    expect(await metrics.read(annotated, 0, { signal })).toMatchObject({ series: [{ pod: 'web-1' }] })
    expect(await metrics.read(pods.pods, 0, { signal })).toMatchObject({
      missing: [{ why: expect.stringContaining('nothing says which port') as string }],
    })
  })
})

describe('a page that is of no use is said, with what to do', () => {
  it.each<[string, RequestListener, string]>([
    [
      'not there',
      (_, response) => void response.writeHead(404).end('no'),
      'it answered 404 at port 8080, /metrics: mend path of metrics',
    ],
    [
      'behind a login',
      (_, response) => void response.writeHead(401).end('no'),
      'it answered 401 at port 8080, /metrics: let its figures be read without a login',
    ],
    [
      'a redirect',
      (_, response) => void response.writeHead(302, { location: '/login' }).end(),
      'it answered 302 at port 8080, /metrics, a redirect',
    ],
    [
      'a web page',
      (_, response) => void response.end('<!doctype html><p>hi'),
      'it answered with a web page at port 8080, /metrics: mend port or path',
    ],
    [
      'broken in a line that counts errors',
      page('a_total{code="200"} 10', 'a_total{code="500" 990'),
      'line 2 can\'t be read: a_total{code="500" 990',
    ],
    ['JSON', (_, response) => void response.end('{"a": 1}'), 'it answered with JSON at port 8080, /metrics'],
    ['of another type', page('# TYPE a_total gauge', 'a_total 1'), 'a_total is a gauge, requests needs a counter'],
    ['nothing at all', () => {}, 'neither by port-forward nor by the proxy of the API server came a page in time'],
  ])('%s', async (_, answer, why) => {
    expect(await whyOf(answer)).toContain(why)
  })

  it('on another port', async () => {
    expect(await whyOf(page('a_total 1'), { port: 9999 })).toBe(
      'nothing listens at port 9999, /metrics: mend port of metrics, or the annotation prometheus.io/port',
    )
  })

  it('not in TLS', async () => {
    expect(await whyOf(page('a_total 1'), { scheme: 'https' })).toBe(
      'it does not speak TLS at port 8080 (https), /metrics: say scheme: http',
    )
  })

  it('10 MB long: reading stops, and the connection is not kept', async () => {
    let sent = 0
    const long: RequestListener = (_, response) => {
      const more = (): void => {
        while (sent < 10 * 2 ** 20 && !response.destroyed) {
          sent += 2 ** 16
          if (!response.write('x_total{a="b"} 1\n'.repeat(2 ** 12))) return void response.once('drain', more)
        }
        response.end()
      }
      more()
    }
    expect(await whyOf(long)).toBe(
      'it sent more than 2 MB at port 8080, /metrics: expose fewer series, or these on a port or path of their own',
    )
    expect(sent).toBeLessThan(10 * 2 ** 20)
  })

  it('endless, a byte at a time: the pod has its time and no more, the others are read', async () => {
    const drip: RequestListener = (_, response) => {
      const timer = setInterval(() => response.write('#'), 20)
      response.once('close', () => clearInterval(timer))
    }
    const pods = await fakePods({ 'web-1': page('a_total 1'), 'web-2': drip })
    expect(await readOnce(pods)).toMatchObject({
      series: [{ pod: 'web-1' }],
      missing: [{ pod: 'web-2', why: 'it sent no page within 1 s at port 8080, /metrics' }],
    })
  })
})

describe('which pods are read', () => {
  const many = (count: number, track: MeasuredPod['track']): MeasuredPod[] =>
    Array.from({ length: count }, (_, index) => ({
      name: `${track}-${index}`,
      uid: `${track}-${index}`,
      track,
      annotations: {},
    }))

  it('are all new ones, and always the same 20 of stable', () => {
    const pods = [...many(30, 'new'), ...many(50, 'stable')]
    const names = (of: readonly MeasuredPod[]): string[] =>
      chosen(of)
        .map(({ name }) => name)
        .sort()
    expect(names(pods).filter((name) => name.startsWith('new'))).toHaveLength(30)
    expect(names(pods).filter((name) => name.startsWith('stable'))).toHaveLength(20)
    expect(names(pods.toReversed())).toEqual(names(pods))
  })

  it('change as little as can be when stable pods go', () => {
    const stable = many(50, 'stable')
    const [gone] = chosen(stable)
    const before = new Set(chosen(stable).map(({ name }) => name))
    const after = chosen(stable.filter((pod) => pod !== gone)).map(({ name }) => name)
    expect(after.filter((name) => !before.has(name))).toHaveLength(1)
  })

  it('are at most eight at once', async () => {
    let now = 0
    let most = 0
    const slow: RequestListener = (_, response) => {
      now += 1
      most = Math.max(most, now)
      setTimeout(() => {
        now -= 1
        response.end('a_total 1\n')
      }, 10)
    }
    const pods = await fakePods(Object.fromEntries(many(30, 'new').map(({ name }) => [name, slow])))
    expect(await readOnce(pods)).toMatchObject({ missing: [] })
    expect(most).toBe(8)
  })
})
