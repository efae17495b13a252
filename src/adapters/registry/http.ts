import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import type { Variables } from './credentials.ts'
import { isLoopback } from './place.ts'

export interface Reply {
  readonly status: number
  readonly header: (name: string) => readonly string[]
  readonly body: Uint8Array
}

/** One request, no redirect followed. Throws what undici and the operating system throw. */
export type Send = (method: 'GET' | 'HEAD', url: URL, headers: Readonly<Record<string, string>>) => Promise<Reply>

export interface Http extends AsyncDisposable {
  readonly send: Send
}

/** Through the proxies that the environment names, but for this machine itself. */
export function httpOf(env: Variables, signal: AbortSignal): Http {
  const direct = new Agent()
  const outside = proxied(env) ?? direct
  return {
    async send(method, url, headers) {
      const dispatcher = isLoopback(url.host) ? direct : outside
      const { origin, pathname, search } = url
      const asked = { origin, path: pathname + search, method, headers, signal }
      const { statusCode, headers: found, body } = await dispatcher.request(asked)
      return {
        status: statusCode,
        header: (name) => [found[name] ?? []].flat(),
        body: await bounded(body),
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([direct.destroy(), outside.destroy()])
    },
  }
}

function proxied(env: Variables): Dispatcher | undefined {
  const of = (name: string) => env[name] ?? env[name.toUpperCase()]
  const [httpProxy, httpsProxy, noProxy] = [of('http_proxy'), of('https_proxy'), of('no_proxy')]
  if (!httpProxy && !httpsProxy) return undefined
  return new EnvHttpProxyAgent({
    ...(httpProxy && { httpProxy }),
    ...(httpsProxy && { httpsProxy }),
    ...(noProxy && { noProxy }),
  })
}

/** No manifest may be larger, says the OCI distribution specification. */
const largest = 4 * 1024 * 1024

async function bounded(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > largest) throw Object.assign(new Error('the answer has no end'), { code: 'TOO_LARGE' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
