import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Pod } from '../../core/objects.ts'
import { notModelled, Refused, statusOf } from '../api/refused.ts'
import type { SimCluster } from '../sim.ts'
import { forwardPorts, forwardProtocol } from './port-forward.ts'
import { refIn, targetOf } from './target.ts'

export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** Requests that ask for another protocol: port-forwarding over a WebSocket, nothing else. */
export function upgrades(cluster: SimCluster, log: (line: string) => void): Upgrade {
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => forwardProtocol })
  return (request, socket, head) => {
    socket.on('error', () => {})
    try {
      const { pod, ports } = asked(cluster, request)
      server.handleUpgrade(request, socket, head, (opened) => forwardPorts(cluster, pod, ports, opened))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.status >= 500) log(`${error.status} ${request.method} ${request.url}: ${error.message}`)
      refuse(socket, error)
    }
  }
}

function asked(cluster: SimCluster, request: IncomingMessage): { pod: Pod; ports: readonly number[] } {
  const url = new URL(request.url ?? '/', 'http://simulated.invalid')
  const target = targetOf(
    url.pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent),
  )
  if (target?.kind !== 'Pod' || target.below.join('/') !== 'portforward')
    throw notModelled(`an upgrade of ${url.pathname}`)
  const pod = cluster.inside.server.get(refIn(target)) as Pod
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
  if (!protocols.includes(forwardProtocol))
    throw notModelled(`port-forward over ${protocols.join() || request.headers.upgrade}, only over ${forwardProtocol}`)
  const ports = url.searchParams.getAll('ports').flatMap((text) => text.split(',').map(Number))
  if (ports.length === 0 || ports.some((port) => !(port > 0 && port < 65_536)))
    throw new Refused(400, 'BadRequest', 'query parameter "ports" is required')
  return { pod, ports }
}

function refuse(socket: Duplex, refused: Refused): void {
  const text = JSON.stringify(statusOf(refused))
  const head = [
    `HTTP/1.1 ${refused.status} ${refused.reason}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`)
}
