import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Pem } from '../../kubernetes/support/certificate.ts'

export interface FakeServer {
  readonly url: string
  readonly asked: IncomingMessage[]
}

/** A server on loopback that answers as a test says; ends with the test. */
export async function fakeServer(answer: RequestListener, pem?: Pem): Promise<FakeServer> {
  const asked: IncomingMessage[] = []
  const listener: RequestListener = (request, response) => {
    asked.push(request)
    answer(request, response)
  }
  const server = pem ? createTlsServer(pem, listener) : createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `${pem ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

export const json = (response: ServerResponse, value: unknown, status = 200): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))

export interface FakeSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly values: readonly (readonly [at: number, value: string])[]
}

/** What a query gives: series with samples; one number; or an error of Prometheus. */
export type Script = (
  query: string,
) => readonly FakeSeries[] | number | { readonly error: string } | { readonly raw: unknown }

/** Prometheus as far as its API goes; which series a query means is the test's business. */
export const fakePrometheus = (script: Script, types: Readonly<Record<string, string>> = {}): Promise<FakeServer> =>
  fakeServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    if (pathname === '/api/v1/metadata') {
      const metric = searchParams.get('metric') ?? ''
      return json(response, { status: 'success', data: types[metric] ? { [metric]: [{ type: types[metric] }] } : {} })
    }
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const query = new URLSearchParams(body || searchParams).get('query') ?? ''
      const result = script(query)
      if (typeof result === 'number') return json(response, success('scalar', [5, String(result)]))
      if ('raw' in result) return json(response, result.raw)
      if ('error' in result) return json(response, { status: 'error', errorType: 'bad_data', error: result.error }, 400)
      const isRange = query.endsWith(']')
      json(
        response,
        success(
          isRange ? 'matrix' : 'vector',
          result.map(({ labels, values }) => ({
            metric: labels,
            ...(isRange ? { values } : { value: values.at(-1) }),
          })),
        ),
      )
    })
  })

const success = (resultType: string, result: unknown) => ({ status: 'success', data: { resultType, result } })
