import { Agent, type Dispatcher, ProxyAgent, WebSocket } from 'undici'
import { minute, type Millis, second } from '../../core/time.ts'
import type { Identity, Login } from './login.ts'

interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the server's address, with the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Until the headers of the answer are there. */
  readonly headersTimeout: Millis
  /** Longest silence within the answer. */
  readonly bodyTimeout: Millis
  readonly signal: AbortSignal
  /** A watch. It has a connection apart from that of the calls. */
  readonly endless: boolean
}

export interface HttpAnswer {
  readonly answer: Dispatcher.ResponseData
  /** As whom it was asked, to renew it after a 401. */
  readonly identity: Identity
}

/**
 * The connections to one API server: one for all calls and one for all watches, each request a stream of HTTP/2; and one
 * for each pod that bytes are forwarded to, since a WebSocket needs HTTP/1. Two, because a server that goes away says so (GOAWAY, also at random to spread its load) and lets running streams end;
 * undici then queues new requests behind them, which for watches are minutes.
 */
export interface Transport extends AsyncDisposable {
  send(request: HttpRequest): Promise<HttpAnswer>
  /** A WebSocket that is open. It fails without saying why: ask for the same path by `send` then. */
  dial(request: { readonly path: string; readonly protocol: string; readonly signal: AbortSignal }): Promise<WebSocket>
}

export interface TransportOptions {
  readonly server: string
  readonly proxy: string | null
  readonly login: Login
}

export function openTransport({ server, proxy, login }: TransportOptions): Transport {
  const { origin, pathname } = new URL(server)
  const prefix = pathname.replace(/\/+$/, '')
  const inUse = new Map<Use, { readonly key: string; readonly dispatcher: Dispatcher }>()
  const live = new Set<Dispatcher>()

  /** Lets what runs on it end, then closes it. */
  const retire = (dispatcher: Dispatcher): void => {
    // Closing fails when disposing ended it meanwhile.
    void Promise.allSettled([dispatcher.close()]).then(() => live.delete(dispatcher))
  }
  /** The one in use, or a new one when the client certificate or the CA is another one now. */
  const dispatcherFor = (identity: Identity, use: Use): Dispatcher => {
    const allowH2 = use !== 'sockets' && !hasManyValues(identity) && !proxy?.startsWith('socks')
    const key = JSON.stringify([identity.tls, allowH2])
    const kept = inUse.get(use)
    if (kept?.key === key) return kept.dispatcher
    if (kept) retire(kept.dispatcher)
    const dispatcher = newDispatcher({ identity, proxy, allowH2 })
    inUse.set(use, { key, dispatcher })
    live.add(dispatcher)
    return dispatcher
  }

  return {
    send: async ({ path, headers, endless, ...rest }) => {
      const identity = await login.identity()
      rest.signal.throwIfAborted()
      const all = { ...headers, ...identity.headers }
      const dispatcher = dispatcherFor(identity, endless ? 'watches' : 'calls')
      return { answer: await dispatcher.request({ origin, path: prefix + path, headers: all, ...rest }), identity }
    },
    dial: async ({ path, protocol, signal }) => {
      const identity = await login.identity()
      signal.throwIfAborted()
      // The client would join several values of a header to one, which means something else.
      if (hasManyValues(identity)) throw new Error('several groups can not be impersonated over a WebSocket')
      const headers = Object.fromEntries(Object.entries(identity.headers).map(([name, value]) => [name, String(value)]))
      const dispatcher = dispatcherFor(identity, 'sockets')
      const url = `${origin.replace(/^http/, 'ws')}${prefix}${path}`
      return opened(new WebSocket(url, { protocols: [protocol], dispatcher, headers }), signal)
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...live].map((dispatcher) => dispatcher.destroy()))
      live.clear()
    },
  }
}

type Use = 'calls' | 'watches' | 'sockets'

function opened(socket: WebSocket, signal: AbortSignal): Promise<WebSocket> {
  socket.binaryType = 'arraybuffer'
  return new Promise((resolve, reject) => {
    const abort = (): void => socket.close()
    signal.addEventListener('abort', abort)
    const settled = (): void => signal.removeEventListener('abort', abort)
    socket.addEventListener('open', () => {
      settled()
      resolve(socket)
    })
    socket.addEventListener('error', ({ error }) => {
      settled()
      reject(signal.aborted ? signal.reason : error)
    })
  })
}

/**
 * HTTP/2 is not possible in two rare cases, which then cost a connection for each watch: through SOCKS the client does
 * not negotiate it. And several groups must be several header lines, which it would join to one on HTTP/2.
 */
const hasManyValues = ({ headers }: Identity): boolean =>
  Object.values(headers).some((value) => Array.isArray(value) && value.length > 1)

function newDispatcher(of: { identity: Identity; proxy: string | null; allowH2: boolean }): Dispatcher {
  const { identity, proxy, allowH2 } = of
  const options = {
    allowH2,
    // Longer than the pause between two steps; an idle connection does not keep the process alive.
    keepAliveTimeout: minute,
    connectTimeout: 10 * second,
  }
  // Load balancers drop what is idle for a minute, hence the keep-alive of the socket well before.
  const tls = { ...identity.tls, keepAlive: true, keepAliveInitialDelay: 30 * second, allowH2, timeout: 10 * second }
  if (proxy === null) return new Agent({ ...options, connect: tls })
  return new ProxyAgent({ ...options, uri: proxy.replace(/^socks5h:/, 'socks5:'), requestTls: tls })
}
