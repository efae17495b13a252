import { readFile } from 'node:fs/promises'
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import type { Endpoint } from '../../core/metrics.ts'
import { type Millis, second } from '../../core/time.ts'
import type { Call } from '../../ports.ts'
import { type Answer, answerIn } from './answer.ts'
import { brokenText, lateText } from './broken.ts'
import { type Env, headersOf } from './secrets.ts'

/** A server of figures that speaks JSON. */
export interface Remote extends AsyncDisposable {
  /** For people: the address without what may be secret. */
  readonly name: string
  /** `body` makes it a POST of a form. Nothing that the server says or doesn't say is thrown. */
  ask(request: { readonly url: string; readonly body?: URLSearchParams }, call: Call): Promise<Answer>
}

const patience: Millis = 10 * second

export function remoteAt(endpoint: Endpoint, env: Env): Remote {
  const name = withoutSecrets(endpoint.url)
  let dispatcher: Dispatcher | undefined

  const send = async (
    { url, body }: { readonly url: string; readonly body?: URLSearchParams },
    { signal, timeout = patience }: Call,
  ): Promise<Answer> => {
    const login = await headersOf(endpoint, env)
    if ('down' in login) return login
    const opened = dispatcher ?? (await dispatcherFor(endpoint, env))
    if ('down' in opened) return opened
    dispatcher = opened
    const late = AbortSignal.timeout(timeout)
    const about = { name, secrets: login.secrets, hasLogin: endpoint.auth !== undefined }
    const { origin, pathname, search } = new URL(url)
    const request = (): Promise<Dispatcher.ResponseData> =>
      opened.request({
        origin,
        path: pathname + search,
        method: body ? 'POST' : 'GET',
        headers: {
          'user-agent': 'deploy',
          accept: 'application/json',
          ...(body && { 'content-type': 'application/x-www-form-urlencoded' }),
          ...login.headers,
        },
        ...(body && { body: body.toString() }),
        headersTimeout: timeout,
        bodyTimeout: timeout,
        signal: AbortSignal.any([signal, late]),
      })
    try {
      // A kept connection may have been closed by the other side just now; asking is saying nothing twice.
      return await answerIn(
        await request().catch((error: unknown) => (isStale(error) ? request() : Promise.reject(error))),
        about,
      )
    } catch (error) {
      if (signal.aborted) return { down: `${name} was not asked in time` }
      if (late.aborted) return { down: lateText(timeout, about) }
      // Another CA may be in the file by now.
      dispatcher = undefined
      void opened.close().catch(() => {})
      return { down: brokenText(error, about) }
    }
  }

  return {
    name,
    ask: send,
    [Symbol.asyncDispose]: async () => dispatcher?.destroy(),
  }
}

const isStale = (error: unknown): boolean =>
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')

async function dispatcherFor({ ca: path }: Endpoint, env: Env): Promise<Dispatcher | { readonly down: string }> {
  let ca: string | undefined
  try {
    ca = path === undefined ? undefined : await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { down: `the CA of metrics, ${path}, can not be read (${code}): mend the path, or make it readable` }
  }
  const tls = { ...(ca !== undefined && { ca }), timeout: 5 * second }
  const said = (name: string): string => env[name] || env[name.toLowerCase()] || ''
  const proxies = { httpProxy: said('HTTP_PROXY'), httpsProxy: said('HTTPS_PROXY'), noProxy: said('NO_PROXY') }
  return proxies.httpProxy === '' && proxies.httpsProxy === ''
    ? new Agent({ connect: tls })
    : new EnvHttpProxyAgent({ ...proxies, connect: tls, requestTls: tls })
}

/** Queries of a URL hold tokens now and then. */
const withoutSecrets = (url: string): string => url.replace(/[?#].*$/, '').replace(/\/\/[^/@]*@/, '//')
