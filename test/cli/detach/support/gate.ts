import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { KubeObject } from '../../../../src/core/objects.ts'
import type { NewObject } from '../../../../src/sim/world.ts'

type Asked = Pick<IncomingMessage, 'method' | 'url'>

export interface Gate {
  readonly url: string
  /** Requests like these are answered with 503 from now on, instead of those before. */
  refuse(which: (asked: Asked) => boolean): void
}

const away = { kind: 'Status', status: 'Failure', code: 503, reason: 'ServiceUnavailable', message: 'a test' }

/** A way to an API server that lets some requests through. `making` makes the Jobs that are asked for. */
export async function gateTo(target: string, making: (job: NewObject) => KubeObject): Promise<Gate> {
  let refuses: Parameters<Gate['refuse']>[0] = () => false
  const server = createServer((asked, reply) => {
    const told = (status: number, body: object): void =>
      void reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (refuses(asked)) {
      asked.resume()
      return told(503, away)
    }
    if (asked.method === 'POST' && asked.url?.includes('/jobs'))
      return void json(asked).then((job) => told(201, making(job as NewObject)))
    const { method, headers } = asked
    const passed = request(`${target}${asked.url}`, { method, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 500, answer.headers)
      // A watch may have nothing to say for a long time.
      reply.flushHeaders()
      answer.pipe(reply)
    })
    passed.on('error', () => reply.destroy())
    reply.on('close', () => passed.destroy())
    asked.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, refuse: (which) => (refuses = which) }
}
