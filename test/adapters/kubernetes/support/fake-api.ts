import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2'
import { createServer, type Server } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { certificate, type Pem } from './certificate.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Names and values as they came, for headers that come twice. */
  readonly rawHeaders: readonly string[]
  readonly body: string
  /** PEM of the client's certificate. */
  readonly clientCert: string | null
}

/** An endless answer. */
export interface Open {
  write(line: unknown): void
  end(): void
  /** Breaks the stream (or the connection, on HTTP/1). */
  reset(): void
  readonly closed: Promise<void>
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Keeps the answer open and hands it over. */
  readonly open?: (stream: Open) => void
  /** Instead of an answer: breaks the connection, or never answers. */
  readonly fault?: 'reset' | 'hang'
}

export type Script = (asked: Asked) => Reply | Promise<Reply>

export interface FakeApi extends AsyncDisposable {
  readonly url: string
  readonly ca: string
  readonly asked: Asked[]
  /** TLS connections that were ever made. */
  connections(): number
  /** TLS connections that are open. */
  openNow(): number
  /** Breaks all connections. */
  breakAll(): void
  /** Says GOAWAY on all connections: what is running may end, new calls need a new connection. */
  goAway(): void
}

export interface FakeApiOptions {
  readonly http1?: boolean
  readonly pem?: Pem
}

/** A server that speaks TLS and HTTP/2 as an API server does, and answers what a test says. */
export async function fakeApi(
  script: Script,
  { http1 = false, pem = certificate() }: FakeApiOptions = {},
): Promise<FakeApi> {
  const tls = { key: pem.key, cert: pem.cert, requestCert: true, rejectUnauthorized: false }
  const server: Http2SecureServer | Server = http1 ? createServer(tls) : createSecureServer(tls)
  const sockets = new Set<TLSSocket>()
  const asked: Asked[] = []
  const sessions = new Set<ServerHttp2Session>()
  let connections = 0

  server.on('secureConnection', (socket: TLSSocket) => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
  })
  server.on('sessionError', () => {})
  server.on('request', (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => {
    const body: Buffer[] = []
    request.on('error', () => {})
    response.on('error', () => {})
    request.on('data', (chunk: Buffer) => body.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'https://fake')
      const peer = (request.socket as TLSSocket).getPeerX509Certificate?.()
      const one: Asked = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        rawHeaders: request.rawHeaders,
        body: Buffer.concat(body).toString(),
        clientCert: peer?.toString() ?? null,
      }
      asked.push(one)
      void Promise.resolve(script(one)).then((reply) => answer(response, reply))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `https://127.0.0.1:${port}`,
    ca: pem.cert,
    asked,
    connections: () => connections,
    openNow: () => sockets.size,
    breakAll,
    goAway: () => {
      for (const session of sessions) session.close()
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        breakAll()
      }),
  }
}

type Response = import('node:http').ServerResponse & { stream?: import('node:http2').ServerHttp2Stream }

function answer(response: Response, { status = 200, headers = {}, body = {}, open, fault }: Reply): void {
  const reset = (): void => {
    if (response.stream)
      response.stream.close(2) // INTERNAL_ERROR
    else response.socket?.destroy()
  }
  if (fault === 'hang') return
  if (fault === 'reset') return reset()
  const isText = typeof body === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers })
  if (open === undefined) {
    response.end(isText ? body : JSON.stringify(body))
    return
  }
  // Without a first byte the headers would wait for it.
  if (response.stream === undefined) response.flushHeaders()
  open({
    write: (line) => void response.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`),
    end: () => void response.end(),
    reset,
    closed: new Promise((resolve) => response.on('close', () => resolve())),
  })
}
