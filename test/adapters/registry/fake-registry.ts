import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

interface Seen {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly accept: string | undefined
}

export type Answer = (request: IncomingMessage, response: ServerResponse, host: string) => void

/** A registry on loopback that answers as the test says, and remembers what it was asked. */
export async function fakeRegistry(answer: Answer) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const { authorization, accept } = request.headers
    seen.push({ method: request.method ?? '', path: request.url ?? '', authorization, accept })
    answer(request, response, host)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { host, seen }
}

/** A manifest under `web:v1` of `team`, with its digest in the header. */
export const manifest =
  (digest: string): Answer =>
  (_request, response) =>
    void response.writeHead(200, { 'docker-content-digest': digest }).end()

export const unknown =
  (code: string): Answer =>
  (_request, response) =>
    void response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [{ code }] }))

/** The token flow: nothing without the token, and the token for `account` only (or for anybody). */
export const guarded =
  ({ token, account, inside }: { token: string; account?: string; inside: Answer }): Answer =>
  (request, response, host) => {
    const { authorization } = request.headers
    if (request.url?.startsWith('/token')) {
      if (account !== undefined && authorization !== account) return void response.writeHead(401).end()
      return void response.writeHead(200).end(JSON.stringify({ token }))
    }
    if (authorization === `Bearer ${token}`) return inside(request, response, host)
    const challenge = `Bearer realm="http://${host}/token",service="fake.example",scope="repository:team/web:pull"`
    response.writeHead(401, { 'www-authenticate': challenge }).end()
  }
