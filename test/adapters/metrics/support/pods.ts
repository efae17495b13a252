import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createServer as createTlsServer } from 'node:https'
import { onTestFinished } from 'vitest'
import { DeployError } from '../../../../src/core/errors.ts'
import type { MeasuredPod, PodDoor } from '../../../../src/ports.ts'
import { certificate } from '../../kubernetes/support/certificate.ts'

export interface FakePods {
  readonly door: PodDoor
  readonly pods: readonly MeasuredPod[]
  /** Connections that were ever made by port-forward. */
  connections(): number
  /** Requests by the API server's proxy. */
  proxied(): number
}

export interface FakePodsOptions {
  readonly https?: boolean
  /** What each way fails with, if it does. */
  readonly forward?: (signal: AbortSignal) => Promise<never>
  readonly get?: () => Promise<never>
  readonly track?: (name: string) => MeasuredPod['track']
}

export const forbidden = (what: string) => (): Promise<never> =>
  Promise.reject(new DeployError({ code: 'kube-forbidden', what, remedy: `grant what is missing for ${what}` }))

/** Pods that are servers on loopback, and a door to them over real sockets. */
export async function fakePods(
  pages: Readonly<Record<string, RequestListener>>,
  { https = false, forward, get, track = () => 'new' }: FakePodsOptions = {},
): Promise<FakePods> {
  const ports = new Map<string, number>()
  for (const [name, page] of Object.entries(pages)) ports.set(name, await served(page, https))
  let connections = 0
  let proxied = 0
  const door: PodDoor = {
    forward: async ({ name, port }, { signal }) => {
      if (forward) return forward(signal)
      connections += 1
      if (port !== 8080) throw new Error(`failed to connect to localhost:${port} inside the pod: connection refused`)
      const socket = connect(ports.get(name) ?? 0, '127.0.0.1')
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
      return socket
    },
    get: async ({ name }, { path }, { signal }) => {
      if (get) return get()
      proxied += 1
      const answer = await fetch(`http://127.0.0.1:${ports.get(name)}${path}`, { signal, redirect: 'manual' })
      return { status: answer.status, body: answer.body as AsyncIterable<Uint8Array> }
    },
  }
  const pods = Object.keys(pages).map((name) => ({ name, uid: `uid-${name}`, track: track(name), annotations: {} }))
  return { door, pods, connections: () => connections, proxied: () => proxied }
}

async function served(page: RequestListener, https: boolean): Promise<number> {
  const server: Server = https ? createTlsServer(certificate(), page) : createServer(page)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

/** A page of text, the same each time. */
export const page =
  (...lines: readonly string[]): RequestListener =>
  (_, response) =>
    void response.setHeader('content-type', 'text/plain; version=0.0.4').end(`${lines.join('\n')}\n`)
