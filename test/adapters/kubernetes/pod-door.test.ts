import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { connect, type Connected } from '../../../src/adapters/kubernetes/connect.ts'
import { certificate } from './support/certificate.ts'
import { call, failureOf, kubeconfigFile, scene } from './support/connected.ts'
import { fastClock } from './support/fast-clock.ts'
import { status } from './support/objects.ts'

const pod = { namespace: 'web', name: 'a', port: 8080 }
const path = '/api/v1/namespaces/web/pods/a/portforward?ports=8080'

interface Node {
  readonly cluster: Connected
  readonly asked: string[]
  readonly open: () => number
}

/** An API server that lets a WebSocket through to a node, which does with the port as a test says. */
async function node(behave: (socket: WebSocket) => void): Promise<Node> {
  const pem = certificate()
  const server = createServer({ key: pem.key, cert: pem.cert })
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'v4.channel.k8s.io' })
  const asked: string[] = []
  sockets.on('connection', (socket, { url, headers }) => {
    asked.push(`${url} ${headers.authorization}`)
    for (const channel of [0, 1]) socket.send(Buffer.of(channel, 8080 & 255, 8080 >> 8))
    behave(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const kubeconfig = await kubeconfigFile({ server: url, ca: pem.cert })
  const cluster = await connect({ name: 'east', kubeconfig, env: {}, clock: fastClock(), version: '1.2.3' })
  onTestFinished(async () => {
    await cluster[Symbol.asyncDispose]()
    for (const socket of sockets.clients) socket.terminate()
    server.close()
    server.closeAllConnections()
  })
  return { cluster, asked, open: () => sockets.clients.size }
}

const echo = (socket: WebSocket): void => void socket.on('message', (data: Buffer) => socket.send(data))

describe('port-forward', () => {
  it('carries the bytes of a port both ways, as the user of the kubeconfig', async () => {
    const { cluster, asked } = await node(echo)
    const stream = await cluster.door.forward(pod, call)
    stream.write('hello')
    const [said] = (await stream.take(1).toArray()) as Buffer[]
    expect([said?.toString(), asked]).toEqual(['hello', [`${path} Bearer good`]])
  })

  it('fails with the words of the node where nothing listens', async () => {
    const { cluster } = await node((socket) => socket.send(Buffer.from('\u0001connection refused')))
    const stream = await cluster.door.forward(pod, call)
    const error = await new Promise<Error>((resolve) => stream.once('error', resolve))
    expect([error.name, error.message]).toEqual(['ForwardError', 'connection refused'])
  })

  it('ends when the node ends it', async () => {
    const { cluster } = await node((socket) => socket.close())
    const stream = await cluster.door.forward(pod, call)
    expect(await stream.toArray()).toEqual([])
  })

  it('ends with the cluster', async () => {
    const { cluster, open } = await node(echo)
    const stream = await cluster.door.forward(pod, call)
    const closed = new Promise((resolve) => stream.once('close', resolve))
    await cluster[Symbol.asyncDispose]()
    await closed
    await expect.poll(open).toBe(0)
  })

  it('does not keep what nobody reads', async () => {
    const { cluster } = await node((socket) => {
      const timer = setInterval(() => socket.send(Buffer.alloc(2 ** 20)), 1)
      socket.once('close', () => clearInterval(timer))
    })
    const stream = await cluster.door.forward(pod, call)
    const error = await new Promise<Error>((resolve) => stream.once('error', resolve))
    expect(error.message).toBe('more came than anybody reads')
  })

  it('that nobody answers ends in time', async () => {
    const { cluster } = await scene(() => ({ fault: 'hang' }), { http1: true })
    const error = await failureOf(cluster.door.forward(pod, { ...call, timeout: 100 }))
    expect(error.name).toBe('TimeoutError')
  })

  it.each([
    [
      'it is forbidden',
      status(
        403,
        'Forbidden',
        'pods "a" is forbidden: User "ann" cannot get resource "pods/portforward" in API group "" in the namespace "web"',
      ),
      'kube-forbidden',
      'user ann may not get pods/portforward in namespace web',
    ],
    ['the pod is gone', status(404, 'NotFound', 'pods "a" not found'), 'kube-not-found', 'cluster east'],
    [
      'no WebSocket gets through',
      status(400, 'BadRequest', 'Upgrade request required'),
      'kube-protocol',
      'sent no WebSocket',
    ],
  ])('says why: %s', async (_, reply, code, what) => {
    const { cluster } = await scene(({ path: asked }) => (asked.includes('/portforward') ? reply : allowed(true)), {
      http1: true,
    })
    expect(await failureOf(cluster.door.forward(pod, call))).toMatchObject({
      code,
      what: expect.stringContaining(what) as string,
    })
  })

  it('says that create is missing where only get is allowed', async () => {
    const { cluster } = await scene(
      ({ path: asked }) => (asked.includes('/portforward') ? status(403, 'Forbidden', 'no') : allowed(false)),
      { http1: true },
    )
    expect(await failureOf(cluster.door.forward(pod, call))).toMatchObject({
      code: 'kube-forbidden',
      what: expect.stringContaining('user admin may not create pods/portforward in namespace web') as string,
    })
  })

  it('can not impersonate several groups, and says so by failing', async () => {
    const user = { token: 'good', as: 'jane', 'as-groups': ['dev', 'ops'] }
    const { cluster } = await scene(
      ({ path: asked }) => (asked.includes('/portforward') ? { body: 'x' } : allowed(true)),
      { user, http1: true },
    )
    expect(await failureOf(cluster.door.forward(pod, call))).toMatchObject({ code: 'kube-protocol' })
  })
})

describe('the proxy of the API server', () => {
  const get = async (cluster: Connected, scheme: 'http' | 'https' = 'http') => {
    const { status: code, body } = await cluster.door.get(pod, { scheme, path: '/metrics?x=1' }, call)
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(chunk)
    return [code, Buffer.concat(chunks).toString()]
  }

  it('gives what the pod says, whatever it says', async () => {
    const { cluster, api } = await scene(({ path: asked }) =>
      asked.includes('https:') ? { status: 404, body: 'none' } : { body: 'a_total 1\n' },
    )
    expect([await get(cluster), await get(cluster, 'https')]).toEqual([
      [200, 'a_total 1\n'],
      [404, 'none'],
    ])
    expect(api.asked.map(({ path: asked, query }) => `${asked}?${query.toString()}`)).toEqual([
      '/api/v1/namespaces/web/pods/a:8080/proxy/metrics?x=1',
      '/api/v1/namespaces/web/pods/https:a:8080/proxy/metrics?x=1',
    ])
  })

  it.each([
    [
      'the pod can not be reached',
      status(
        503,
        'ServiceUnavailable',
        'error trying to reach service: dial tcp 10.0.0.1:8080: connect: connection refused',
      ),
      'pod-unreachable',
    ],
    ['it is forbidden', status(403, 'Forbidden', 'no'), 'kube-forbidden'],
    ['the pod is gone', status(404, 'NotFound', 'pods "a" not found'), 'kube-not-found'],
  ])('says why: %s', async (_, reply, code) => {
    const { cluster } = await scene(() => reply)
    expect(await failureOf(get(cluster))).toMatchObject({ code })
  })
})

const allowed = (yes: boolean) => ({ status: 201, body: { status: { allowed: yes } } })
