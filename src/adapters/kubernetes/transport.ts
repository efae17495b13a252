import { Agent, type Dispatcher, ProxyAgent } from 'undici'
import { minute, type Millis, second } from '../../core/time.ts'
import type { Identity, Login } from './login.ts'

export interface HttpRequest {
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
}

export interface HttpAnswer {
  readonly answer: Dispatcher.ResponseData
  /** As whom it was asked, to renew it after a 401. */
  readonly identity: Identity
}

/** The connections to one API server: one with HTTP/2, on which every call and watch is a stream. */
export interface Transport extends AsyncDisposable {
  send(request: HttpRequest): Promise<HttpAnswer>
}

export interface TransportOptions {
  readonly server: string
  readonly proxy: string | null
  readonly login: Login
}

export function openTransport({ server, proxy, login }: TransportOptions): Transport {
  const { origin, pathname } = new URL(server)
  const prefix = pathname.replace(/\/+$/, '')
  const open = new Map<string, Dispatcher>()

  /** One dispatcher for each client certificate and CA. They change when a certificate is renewed, that is, hardly ever. */
  const dispatcherFor = (identity: Identity): Dispatcher => {
    const oneConnection = !hasManyValues(identity)
    const key = JSON.stringify([identity.tls, oneConnection])
    const kept = open.get(key)
    if (kept) return kept
    for (const [old, dispatcher] of open) {
      open.delete(old)
      void dispatcher.close() // Lets the calls and watches on it end, then the socket.
    }
    const made = dispatcher({ identity, proxy, allowH2: oneConnection })
    open.set(key, made)
    return made
  }

  return {
    send: async ({ path, headers, ...rest }) => {
      const identity = await login.identity()
      rest.signal.throwIfAborted()
      const all = { ...headers, ...identity.headers }
      const answer = await dispatcherFor(identity).request({ origin, path: prefix + path, headers: all, ...rest })
      return { answer, identity }
    },
    [Symbol.asyncDispose]: async () => {
      const all = [...open.values()]
      open.clear()
      await Promise.all(all.map((dispatcher) => dispatcher.destroy()))
    },
  }
}

/** Several groups must be several header lines. On HTTP/2 the client joins them to one, which the server would take as one name. */
const hasManyValues = ({ headers }: Identity): boolean =>
  Object.values(headers).some((value) => Array.isArray(value) && value.length > 1)

function dispatcher(of: { identity: Identity; proxy: string | null; allowH2: boolean }): Dispatcher {
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
