import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openMetrics } from '../../../src/adapters/metrics/index.ts'
import { remoteAt } from '../../../src/adapters/metrics/remote.ts'
import type { Endpoint, MetricsSource } from '../../../src/core/metrics.ts'
import type { Call } from '../../../src/ports.ts'
import { certificate } from '../kubernetes/support/certificate.ts'
import { fakeServer, json } from './support/server.ts'

const call: Call = { signal: new AbortController().signal, timeout: 2000 }
const secret = 's3cr3t-t0ken'
const env = { PROM_TOKEN: secret }
const bearer = { bearer: 'env:PROM_TOKEN' } as const

/** What people are told when it can't be read. */
async function downOf(endpoint: Endpoint, more: Record<string, string> = env): Promise<string> {
  await using remote = remoteAt(endpoint, more)
  const answer = await remote.ask({ url: endpoint.url }, call)
  return 'down' in answer ? answer.down.replaceAll(endpoint.url.replace(/\?.*/, ''), 'URL') : 'it answered'
}

const scratch = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-metrics-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

const sends =
  (status: number, body = '', headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, headers).end(body)

describe('a server that gives no JSON is said to be down, with what to do', () => {
  it.each<[string, RequestListener, string]>([
    [
      'a login is wanted',
      sends(401),
      'URL wants a login (status 401): check auth of metrics: the token may be wrong or expired',
    ],
    [
      'it is forbidden',
      sends(403, '{}'),
      'URL does not let us read (status 403): grant it to this user, or check auth of metrics',
    ],
    [
      'a redirect to a login page',
      sends(302, '', { location: `https://login.example/start?token=${secret}` }),
      'URL redirects to https://login.example/start: name that as url of metrics; if it is a login page, check auth of metrics: the token may be wrong or expired',
    ],
    [
      'a web page',
      sends(200, '<!doctype html><title>Sign in</title>'),
      'URL answered with a web page (status 200, “Sign in”), not with JSON: check url of metrics; if it is a login page, check auth of metrics: the token may be wrong or expired',
    ],
    ['half of JSON', sends(200, '{"status":'), 'URL answered with what is not JSON ({"status":): check url of metrics'],
    ['nothing', sends(200), 'URL answered with what is not JSON: check url of metrics'],
    [
      'an error of a balancer',
      sends(503, `no backend for ${secret}\u001b[2J`),
      'URL failed with status 503 (no backend for [hidden]\\x1b[2J): see what ails it, and check url of metrics',
    ],
    [
      'it breaks off',
      (request) => request.socket.destroy(),
      'the connection to URL broke (UND_ERR_SOCKET other side closed): check url of metrics, and what is in between',
    ],
  ])('%s', async (_, answer, said) => {
    const { url } = await fakeServer(answer)
    expect(await downOf({ url, auth: bearer })).toBe(said)
  })

  it('without a login it says how to get one', async () => {
    const { url } = await fakeServer(sends(401))
    expect(await downOf({ url })).toBe('URL wants a login (status 401): add auth to metrics')
  })

  it('silence', async () => {
    const { url } = await fakeServer(() => {})
    await using remote = remoteAt({ url }, {})
    expect(await remote.ask({ url }, { ...call, timeout: 100 })).toEqual({
      down: `${url} did not answer within 0 s: see whether it is overloaded, and check the VPN and the firewall`,
    })
  })

  it('an endless answer', async () => {
    const { url } = await fakeServer((_, response) => {
      const timer = setInterval(() => response.write(' '), 10)
      response.once('close', () => clearInterval(timer))
    })
    await using remote = remoteAt({ url }, {})
    expect(await remote.ask({ url }, { ...call, timeout: 200 })).toMatchObject({
      down: expect.stringContaining('did not answer within') as string,
    })
  })

  it('nobody there', async () => {
    expect(await downOf({ url: 'http://127.0.0.1:1' })).toBe(
      'nothing listens at URL: check url of metrics, and whether it runs',
    )
  })

  it('an unknown name', async () => {
    expect(await downOf({ url: 'http://prometheus.invalid' })).toMatch(
      /^the name in URL (?:is not known|could not be looked up): check /,
    )
  })

  it('a certificate that expired', async () => {
    const day = 86_400_000
    const pem = certificate({ from: new Date(Date.now() - 2 * day), to: new Date(Date.now() - day) })
    const ca = join(await scratch(), 'ca.pem')
    await writeFile(ca, pem.cert)
    const { url } = await fakeServer(sends(200, '{}'), pem)
    expect(await downOf({ url, ca })).toBe('the certificate of URL expired: renew it, or set the clock of this machine')
  })

  it('a certificate of an unknown CA, until that is named', async () => {
    const pem = certificate()
    const ca = join(await scratch(), 'ca.pem')
    await writeFile(ca, pem.cert)
    const { url } = await fakeServer(sends(200, '{}'), pem)
    expect(await downOf({ url })).toBe(
      'the certificate of URL was signed by a CA that is not known here (DEPTH_ZERO_SELF_SIGNED_CERT): name its file as ca of metrics',
    )
    expect(await downOf({ url, ca })).toBe('it answered')
  })

  it('a certificate for other names', async () => {
    const pem = certificate({ dns: ['other.internal'], ip: [10, 0, 0, 1] })
    const ca = join(await scratch(), 'ca.pem')
    await writeFile(ca, pem.cert)
    const { url } = await fakeServer(sends(200, '{}'), pem)
    expect(await downOf({ url, ca })).toMatch(
      /^the certificate of URL is for other names: use one of them in url of metrics/,
    )
  })

  it('https where there is none', async () => {
    const { url } = await fakeServer(sends(200, '{}'))
    expect(await downOf({ url: url.replace('http:', 'https:') })).toBe(
      'URL does not speak TLS: write http:// in url of metrics',
    )
  })

  it('a CA that is not there', async () => {
    expect(await downOf({ url: 'https://127.0.0.1:1', ca: '/nowhere/ca.pem' })).toBe(
      'the CA of metrics, /nowhere/ca.pem, can not be read (ENOENT): mend the path, or make it readable',
    )
  })
})

describe('secrets', () => {
  it.each([
    ['a token', { auth: bearer }, 'authorization', `Bearer ${secret}`],
    [
      'a password',
      { auth: { basic: { username: 'me', password: 'env:PROM_TOKEN' } } } as const,
      'authorization',
      `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`,
    ],
    ['a header', { headers: { 'X-Api-Key': 'env:PROM_TOKEN' } }, 'x-api-key', secret],
    ['a header that is none', { headers: { 'X-Scope-OrgID': 'acme' } }, 'x-scope-orgid', 'acme'],
  ])('%s is sent', async (_, more, header, value) => {
    const { url, asked } = await fakeServer(sends(200, '{}'))
    expect(await downOf({ url, ...more })).toBe('it answered')
    expect(asked[0]?.headers[header]).toBe(value)
  })

  it('of files are read anew for each request, since they are replaced', async () => {
    const file = join(await scratch(), 'token')
    const { url, asked } = await fakeServer(sends(200, '{}'))
    await using remote = remoteAt({ url, auth: { bearer: `file:${file}` } }, {})
    for (const token of ['old', 'new']) {
      await writeFile(file, `${token}\n`)
      await remote.ask({ url }, call)
    }
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new'])
  })

  it.each([
    [
      'a variable that is not set',
      'env:NOBODY',
      'the variable NOBODY is not set, which auth of metrics needs: export NOBODY=…',
    ],
    [
      'a file that is not there',
      'file:/nowhere/token',
      '/nowhere/token, which auth of metrics needs, can not be read (ENOENT): mend the path, or make it readable',
    ],
    ['two lines', 'env:LINES', 'what the variable LINES holds has more than one line: keep only the secret there'],
  ] as const)('%s', async (_, name, said) => {
    expect(await downOf({ url: 'http://127.0.0.1:1', auth: { bearer: name } }, { LINES: 'a\nb' })).toBe(said)
  })

  it('are never in the name of a source, nor is the query of its URL', async () => {
    const source: MetricsSource = {
      kind: 'http-json',
      every: 1000,
      endpoint: { url: `http://stats/{version}?token=${secret}` },
      requests: '/r',
      errors: '/e',
      queries: [],
    }
    const options = { cluster: 'a', namespace: 'web', service: 'web', versions: { new: '2', stable: '1' }, env }
    const { name } = await openMetrics(source, { ...options, door: undefined as never, clock: undefined as never })
    expect(name).toBe('http-json http://stats/{version}')
  })
})

it('a kept connection that the other side closed is no failure', async () => {
  const { url, asked } = await fakeServer((request, response) => {
    json(response, {})
    response.once('finish', () => setImmediate(() => request.socket.destroy()))
  })
  await using remote = remoteAt({ url }, {})
  for (let poll = 0; poll < 5; poll += 1)
    expect(await remote.ask({ url }, call)).toEqual({ status: 200, json: {}, date: expect.any(Number) as number })
  expect(asked.length).toBeGreaterThanOrEqual(5)
})

it('a proxy of the environment is used, and NO_PROXY is honoured', async () => {
  const { url } = await fakeServer(sends(200, '{}'))
  const proxy = { HTTP_PROXY: 'http://127.0.0.1:1' }
  expect([await downOf({ url }, { ...proxy, NO_PROXY: '127.0.0.1' }), await downOf({ url }, proxy)]).toEqual([
    'it answered',
    expect.stringContaining('nothing listens at'),
  ])
})
