import { Duplex } from 'node:stream'
import type { WebSocket } from 'undici'

/** Frames begin with a channel: the data of the first port, and what went wrong with it. */
const channels = { data: 0, error: 1 } as const
/** The first frame of each channel is the port's number and nothing else. */
const portBytes = 2
/** Whoever does not read what comes would keep all of it in memory. */
const mostUnread = 8 * 2 ** 20

/** The bytes of one port of a pod over an open WebSocket (`v4.channel.k8s.io`), as much of a socket as HTTP needs. */
export class Forwarded extends Duplex {
  readonly #socket: WebSocket
  readonly #greeted = new Set<number>()

  constructor(socket: WebSocket) {
    super({ allowHalfOpen: false })
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#receive(Buffer.from(data as ArrayBuffer)))
    socket.addEventListener('close', () => this.push(null))
    socket.addEventListener('error', ({ error }) => this.destroy(error))
  }

  #receive(frame: Buffer): void {
    const channel = frame[0] ?? -1
    const body = frame.subarray(this.#greeted.has(channel) ? 1 : 1 + portBytes)
    this.#greeted.add(channel)
    if (body.length === 0) return
    if (channel === channels.error) this.destroy(new ForwardError(body.toString()))
    else if (channel === channels.data && !this.push(body) && this.readableLength > mostUnread)
      this.destroy(new Error('more came than anybody reads'))
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#socket.send(Buffer.concat([Buffer.of(channels.data), chunk]))
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.close()
    done(error)
  }

  // What an HTTP agent asks of a socket: the connection itself is kept alive by the API server's side.
  setKeepAlive(): this {
    return this
  }
  setNoDelay(): this {
    return this
  }
  setTimeout(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
}

/** What the node said about a port: nothing listens there, the pod is gone. */
class ForwardError extends Error {
  override readonly name = 'ForwardError'
}
