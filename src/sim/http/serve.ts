import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Refused, statusOf } from '../api/refused.ts'
import type { SimCluster } from '../sim.ts'
import { answer } from './answer.ts'
import type { Asked, Reply } from './asked.ts'
import { keepHistory } from './history.ts'
import { newSnapshots } from './list.ts'
import { upgrades } from './upgrade.ts'
import type { Served } from './world.ts'

export interface ServeOptions {
  /** 0: any that is free. */
  readonly port?: number
  /** HTTPS with HTTP/2, as API servers have it; without it plain HTTP. PEM. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Told of every request that was refused because it is not modelled. */
  readonly log?: (line: string) => void
}

export interface Serving extends AsyncDisposable {
  readonly url: string
}

type Incoming = IncomingMessage | Http2ServerRequest
/** Both write alike; HTTP/2 is only ended in another way. */
type Outgoing = ServerResponse & Partial<Pick<Http2ServerResponse, 'stream'>>

/** A simulated cluster as an API server on loopback, for the real adapter and for kubectl. */
export async function serve(
  cluster: SimCluster,
  { port = 0, tls, log = () => {} }: ServeOptions = {},
): Promise<Serving> {
  const served: Served = { cluster, history: keepHistory(cluster.inside.store), snapshots: newSnapshots() }
  const ended = new AbortController()
  const take = (request: Incoming, response: ServerResponse | Http2ServerResponse): void => {
    void handled(served, request, response as Outgoing, { log, ended: ended.signal })
  }
  const server = tls ? createSecureServer({ ...tls, allowHTTP1: true }, take) : createServer(take)
  server.on('upgrade', upgrades(cluster, log))
  const sockets = new Set<{ destroy(): void }>()
  server.on(
    tls ? 'secureConnection' : 'connection',
    (socket: { destroy(): void; on(event: 'close', act: () => void): void }) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    },
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: at } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${at}`,
    [Symbol.asyncDispose]: async () => {
      ended.abort()
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

interface How {
  readonly log: (line: string) => void
  readonly ended: AbortSignal
}

async function handled(served: Served, request: Incoming, response: Outgoing, { log, ended }: How): Promise<void> {
  const { timeline } = served.cluster.inside
  response.setHeader('date', new Date(timeline.now()).toUTCString())
  response.on('error', () => {})
  try {
    const asked = await read(request)
    send(await answer(served, asked), response, ended)
  } catch (error) {
    const refused = error instanceof Refused ? error : bug(error)
    if (refused.status >= 500) log(`${refused.status} ${request.method} ${request.url}: ${refused.message}`)
    if (!response.headersSent) send({ status: refused.status, json: statusOf(refused) }, response, ended)
  }
}

const bug = (error: unknown): Refused =>
  new Refused(500, 'InternalError', error instanceof Error ? (error.stack ?? error.message) : String(error))

/** As the API server has it. */
const longestBody = 3 * 1024 * 1024

async function read(request: Incoming): Promise<Asked> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestBody) throw new Refused(413, 'RequestEntityTooLarge', `limit is ${longestBody}`)
    chunks.push(chunk)
  }
  const url = new URL(request.url ?? '/', 'http://simulated.invalid')
  const path = url.pathname.split('/').filter((part) => part !== '')
  return {
    method: request.method ?? 'GET',
    path: path.map(decodeURIComponent),
    url,
    headers: request.headers,
    body: Buffer.concat(chunks),
  }
}

function send(reply: Reply, response: Outgoing, ended: AbortSignal): void {
  if ('none' in reply) {
    if (reply.none === 'broken') broken(response)
    return
  }
  if ('stream' in reply) return stream(reply, response, ended)
  const isJson = 'json' in reply
  const headers = isJson ? { 'content-type': reply.type ?? 'application/json' } : (reply.headers ?? {})
  response.writeHead(reply.status ?? 200, headers)
  response.end(isJson ? `${JSON.stringify(reply.json)}\n` : reply.text)
}

function stream({ stream: write }: Extract<Reply, { stream: unknown }>, response: Outgoing, ended: AbortSignal): void {
  const closed = new AbortController()
  response.on('close', () => closed.abort())
  response.writeHead(200, { 'content-type': 'application/json' })
  // The client waits for the headers, and there may be nothing to say for a long time.
  response.flushHeaders()
  write({
    write: (text) => void response.write(text),
    end: () => void response.end(),
    gone: AbortSignal.any([closed.signal, ended]),
  })
}

/** Without an answer. */
function broken(response: Outgoing): void {
  if (response.stream) response.stream.session?.destroy()
  else response.destroy()
}
