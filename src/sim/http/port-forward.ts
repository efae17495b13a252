import { createServer } from 'node:http'
import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Pod } from '../../core/objects.ts'
import type { SimCluster } from '../sim.ts'
import { slept } from '../timeline.ts'
import { answerOf, portsOf } from './pod-app.ts'

/** The only one of the protocols that is spoken here; kubectl itself speaks SPDY. */
export const forwardProtocol = 'v4.channel.k8s.io'

/**
 * Ports of a pod over one WebSocket: each has a channel for its bytes and one for what goes wrong, and every frame begins
 * with the channel's number (k8s.io/kubelet, pkg/cri/streaming/portforward/websocket.go).
 */
export function forwardPorts(cluster: SimCluster, pod: Pod, ports: readonly number[], socket: WebSocket): void {
  const streams = ports.map((port, index) => {
    const number = Buffer.of(port & 255, port >> 8)
    const say = (channel: number, bytes: Buffer): void => socket.send(Buffer.concat([Buffer.of(channel), bytes]))
    say(2 * index, number)
    say(2 * index + 1, number)
    if (isOpen(pod, port)) return connected(cluster, pod, port, (bytes) => say(2 * index, bytes))
    const cause = `dial tcp4 127.0.0.1:${port}: connect: connection refused`
    say(2 * index + 1, Buffer.from(`error forwarding port ${port} to pod ${pod.metadata.name}: ${cause}`))
    return null
  })
  socket.on('message', (data: Buffer) => streams[(data[0] ?? 0) / 2]?.push(data.subarray(1)))
  socket.on('close', () => streams.forEach((stream) => stream?.destroy()))
  for (const stream of streams) stream?.once('close', () => socket.close())
}

const isOpen = (pod: Pod, port: number): boolean =>
  pod.status?.containerStatuses?.[0]?.state?.running !== undefined && portsOf(pod).includes(port)

/** A connection to the pod's application, which is a server that listens nowhere. */
function connected(cluster: SimCluster, pod: Pod, port: number, say: (bytes: Buffer) => void): Duplex {
  const stream = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      say(chunk)
      done()
    },
  })
  const app = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const { namespace = '', name } = pod.metadata
    const live = cluster.inside.store.get(`Pod/${namespace}/${name}`) as Pod | undefined
    const answer = live && answerOf(cluster, live, port, path)
    if (answer === 'hangs') return
    if (!answer) return void stream.destroy()
    void slept(cluster.inside.timeline, answer.after, never).then(() => {
      response.writeHead(answer.status, answer.headers).end(answer.body)
    })
  })
  app.emit('connection', stream)
  return stream
}

const never = new AbortController().signal
