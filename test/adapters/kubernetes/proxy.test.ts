import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect as dial, createServer as createTcp } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { proxyFor } from '../../../src/adapters/kubernetes/proxy.ts'
import { call, scene } from './support/connected.ts'
import { pod } from './support/objects.ts'

const HTTPS_PROXY = 'http://proxy:3128'

describe('the proxy of the environment', () => {
  it.each([
    ['https://api.example.com:6443', {}, null],
    ['https://api.example.com:6443', { HTTPS_PROXY }, HTTPS_PROXY],
    ['https://api.example.com:6443', { https_proxy: 'proxy:3128' }, HTTPS_PROXY],
    ['http://api.example.com:8080', { HTTPS_PROXY }, null],
    ['http://api.example.com:8080', { HTTP_PROXY: HTTPS_PROXY }, HTTPS_PROXY],
    ['https://127.0.0.1:6443', { HTTPS_PROXY }, null],
    ['https://localhost:6443', { HTTPS_PROXY }, null],
    ['https://[::1]:6443', { HTTPS_PROXY }, null],
    ['https://api.example.com', { HTTPS_PROXY, NO_PROXY: 'example.com' }, null],
    ['https://example.com', { HTTPS_PROXY, NO_PROXY: 'example.com' }, null],
    ['https://api.example.com', { HTTPS_PROXY, NO_PROXY: 'foo, .example.com' }, null],
    ['https://example.com', { HTTPS_PROXY, NO_PROXY: '.example.com' }, HTTPS_PROXY],
    ['https://badexample.com', { HTTPS_PROXY, NO_PROXY: 'example.com' }, HTTPS_PROXY],
    ['https://example.com:6443', { HTTPS_PROXY, NO_PROXY: 'example.com:443' }, HTTPS_PROXY],
    ['https://example.com', { HTTPS_PROXY, NO_PROXY: 'example.com:443' }, null],
    ['https://10.1.2.3:6443', { HTTPS_PROXY, no_proxy: '10.0.0.0/8' }, null],
    ['https://11.1.2.3:6443', { HTTPS_PROXY, no_proxy: '10.0.0.0/8' }, HTTPS_PROXY],
    ['https://10.1.2.3:6443', { HTTPS_PROXY, NO_PROXY: '10.1.2.3' }, null],
    ['https://[fd00::1]:6443', { HTTPS_PROXY, NO_PROXY: 'fd00::/16' }, null],
    ['https://api.example.com', { HTTPS_PROXY, NO_PROXY: '*' }, null],
    ['https://api.example.com', { HTTPS_PROXY, NO_PROXY: 'nonsense/99' }, HTTPS_PROXY],
  ])('for %s with %o is %s', (server, env, proxy) => {
    expect(proxyFor(new URL(server), env)).toBe(proxy)
  })
})

/** Tunnels CONNECT; counts them. */
async function tunnel(): Promise<{ url: string; tunnels: string[] }> {
  const tunnels: string[] = []
  const server: Server = createServer()
  server.on('connect', (request, client, head) => {
    tunnels.push(request.url ?? '')
    const [host = '', port = ''] = (request.url ?? '').split(':')
    const upstream = dial(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    client.on('error', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels }
}

/** SOCKS 5 without a login, as `ssh -D` speaks it. */
async function socks(): Promise<{ url: string; targets: string[] }> {
  const targets: string[] = []
  const server = createTcp((client) => {
    client.once('data', () => {
      client.write(Buffer.from([5, 0]))
      client.once('data', (request) => {
        const host = [...request.subarray(4, 8)].join('.')
        const port = request.readUInt16BE(8)
        targets.push(`${host}:${port}`)
        const upstream = dial(port, host, () => {
          client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
          upstream.pipe(client).pipe(upstream)
        })
        upstream.on('error', () => client.destroy())
        client.on('error', () => upstream.destroy())
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`, targets }
}

describe('through a proxy', () => {
  it('of SOCKS 5 too', async () => {
    const proxy = await socks()
    const { api, cluster } = await scene(() => ({ body: pod('a', 1) }), {
      http1: true,
      cluster: { 'proxy-url': proxy.url },
    })
    await cluster.get({ kind: 'Pod', namespace: 'web', name: 'a' }, call)
    expect(proxy.targets).toEqual([new URL(api.url).host])
  })

  it('proxy-url of the kubeconfig is used, with one tunnel for all calls', async () => {
    const proxy = await tunnel()
    const { api, cluster } = await scene(() => ({ body: pod('a', 1) }), { cluster: { 'proxy-url': proxy.url } })
    await Promise.all(Array.from({ length: 20 }, () => cluster.get({ kind: 'Pod', namespace: 'web', name: 'a' }, call)))
    expect(proxy.tunnels.length).toBeLessThanOrEqual(2)
    expect(proxy.tunnels[0]).toBe(new URL(api.url).host)
    expect(api.connections()).toBe(proxy.tunnels.length)
  })
})
