import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import type { Call } from '../../ports.ts'

export interface Page {
  readonly status: number
  readonly body: AsyncIterable<Uint8Array>
}

/** HTTP/1.1 over a connection that is made in another way and kept for the next request; one request at a time. */
export interface Wire extends Disposable {
  get(path: string, call: Call): Promise<Page>
}

export interface WireOptions {
  readonly scheme: 'http' | 'https'
  readonly port: number
  readonly open: (call: Call) => Promise<Duplex>
}

const accept = 'text/plain;version=0.0.4;q=1,*/*;q=0.1'

export function wireOver({ scheme, port, open }: WireOptions): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = (path: string, call: Call): { sent: ClientRequest; answer: Promise<IncomingMessage> } => {
    const connected = async (): Promise<Duplex> => {
      const stream = await open(call)
      // The API server says which pod this is; the certificate of a pod is for nobody's name, as a rule.
      return scheme === 'https' ? connect({ socket: stream, rejectUnauthorized: false }) : stream
    }
    const hand = async (done: (error: Error | null, stream: Duplex) => void): Promise<void> => {
      const stream = await connected().catch((error: Error) => error)
      if (stream instanceof Error) done(stream, undefined as never)
      else done(null, stream)
    }
    agent.createConnection = (_options, done) => {
      if (done) void hand(done)
      return undefined
    }
    const sent = request({ agent, path, headers: { host: `localhost:${port}`, accept }, signal: call.signal })
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve)
      sent.on('error', reject)
    })
    sent.end()
    return { sent, answer }
  }
  return {
    get: async (path, call) => {
      const first = send(path, call)
      const answer = await first.answer.catch((error: unknown) => {
        // The other side had closed it since the last time.
        if (!first.sent.reusedSocket || call.signal.aborted) throw error
        return send(path, call).answer
      })
      return { status: answer.statusCode ?? 0, body: answer as AsyncIterable<Uint8Array> }
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}
