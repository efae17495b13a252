import pLimit from 'p-limit'
import { DeployError } from '../../core/errors.ts'
import { dateOf } from '../../core/headers.ts'
import { type Millis, second } from '../../core/time.ts'
import type { Call, Clock } from '../../ports.ts'
import { failureIn } from './answer.ts'
import type { About, Failure, Peer } from './failure.ts'
import { mayRepeat, pauses } from './retry.ts'
import type { HttpAnswer, Transport } from './transport.ts'

/** One request that was answered or failed; for counting in tests and benchmarks. */
export interface RequestNote {
  readonly verb: About['verb']
  readonly path: string
  /** 1 for the first, 2 for the first repetition. */
  readonly attempt: number
  /** `null`: no answer. */
  readonly status: number | null
  /** The server's clock when it answered, to the second. */
  readonly date?: Millis
}

export interface ApiRequest {
  readonly about: About
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly contentType?: string
  /** Saying it twice is saying it once, so it is sent again after an unknown outcome. */
  readonly repeatable: boolean
}

export interface Rest {
  /** The body of a success, or how the last attempt failed. Throws only the reason of the caller's signal. */
  ask(request: ApiRequest, call: Call): Promise<string | Failure>
  /** One attempt of an endless answer; a failure comes as a value. */
  stream(path: string, about: About, limits: StreamLimits): Promise<Stream | Failure>
  readonly peer: Peer
}

interface StreamLimits {
  readonly signal: AbortSignal
  /** Longest time without a word. */
  readonly silence: Millis
  /** An answer that ends soon belongs to the connection of the calls. */
  readonly brief?: boolean
}

interface Stream {
  readonly kind: 'stream'
  readonly chunks: AsyncIterable<Uint8Array>
}

export interface RestOptions {
  readonly transport: Transport
  readonly peer: Peer
  readonly clock: Clock
  readonly random: () => number
  readonly userAgent: string
  /** Aborts when the cluster is disposed. */
  readonly ending: AbortSignal
  readonly onRequest: (note: RequestNote) => void
  /** After a 401; see Login. */
  readonly renew: (answer: HttpAnswer) => boolean
}

/** A call with all its repetitions, when its caller does not say. */
const wholeCall = 30 * second
/** Headers of the answer to something that can be asked again; a webhook may take up to 10 s by default. */
const oneAttempt = 15 * second

type Sent =
  | { readonly kind: 'body'; readonly body: string }
  | { readonly failure: Failure; readonly refused?: HttpAnswer; readonly kind: 'failed' }

export function restOver(options: RestOptions): Rest {
  const { transport, peer, clock, random, userAgent, ending, onRequest, renew } = options
  // Without HTTP/2 each call in flight is a connection; with it this is just polite.
  const fewAtOnce = pLimit(16)

  const headersFor = (request: Pick<ApiRequest, 'contentType' | 'body'>) => ({
    'user-agent': userAgent,
    accept: 'application/json, */*',
    ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
  })

  const once = async (
    request: ApiRequest,
    attempt: number,
    limits: { signal: AbortSignal; left: Millis },
  ): Promise<Sent> => {
    const note = (status: number | null, date: Millis | null = null) =>
      onRequest({ verb: request.about.verb, path: request.path, attempt, status, ...(date !== null && { date }) })
    const headersTimeout = request.repeatable ? Math.min(oneAttempt, limits.left) : limits.left
    try {
      const sent = await transport.send({
        method: request.method,
        path: request.path,
        headers: headersFor(request),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        headersTimeout,
        bodyTimeout: headersTimeout,
        signal: limits.signal,
        endless: false,
      })
      note(sent.answer.statusCode, dateOf(sent.answer.headers))
      const body = await sent.answer.body.text()
      const failure = failureIn(sent.answer, body, clock)
      if (failure === null) return { kind: 'body', body }
      return { kind: 'failed', failure, ...(sent.answer.statusCode === 401 ? { refused: sent } : {}) }
    } catch (error) {
      if (error instanceof DeployError) throw error
      note(null)
      return { kind: 'failed', failure: { kind: 'broken', error } }
    }
  }

  const send = async (request: ApiRequest, { signal, timeout = wholeCall }: Call): Promise<string | Failure> => {
    const end = clock.now() + timeout
    const late = AbortSignal.timeout(timeout)
    const either = AbortSignal.any([signal, late, ending])
    const pause = pauses({ clock, random, first: 0.2 * second, longest: 5 * second })
    let renewed = false
    for (let attempt = 1; ; attempt++) {
      const sent = await once(request, attempt, { signal: either, left: Math.max(1, end - clock.now()) })
      signal.throwIfAborted()
      if (sent.kind === 'body') return sent.body
      if (late.aborted) return { kind: 'late', after: timeout }
      if (sent.refused && !renewed && renew(sent.refused)) {
        renewed = true // A refused request was not executed, so any may be sent again.
        continue
      }
      if (!mayRepeat(sent.failure, { repeatable: request.repeatable, attempt })) return sent.failure
      if (clock.now() + pause.next(sent.failure) >= end) return sent.failure
      await pause.wait(sent.failure, either)
      signal.throwIfAborted()
    }
  }

  /** Undici's own timeouts begin when a request leaves its queue; this one also ends the waiting there. */
  const openStream = async (
    path: string,
    { signal, silence, brief = false }: StreamLimits,
  ): Promise<HttpAnswer | Failure> => {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new Error('the watch was not opened in time')), oneAttempt)
    try {
      return await transport.send({
        method: 'GET',
        path,
        headers: headersFor({}),
        headersTimeout: oneAttempt,
        bodyTimeout: silence,
        signal: AbortSignal.any([signal, ending, late.signal]),
        endless: !brief,
      })
    } catch (error) {
      if (error instanceof DeployError) throw error
      return { kind: 'broken', error }
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    peer,
    ask: (request, call) => fewAtOnce(() => send(request, call)),
    stream: async (path, about, limits) => {
      for (let attempt = 1; ; attempt++) {
        const sent = await openStream(path, limits)
        const status = 'answer' in sent ? sent.answer.statusCode : null
        onRequest({ verb: about.verb, path, attempt, status })
        if (!('answer' in sent)) return sent
        if (status === 200) return { kind: 'stream', chunks: sent.answer.body }
        const failure = failureIn(sent.answer, await sent.answer.body.text().catch(() => ''), clock)
        if (attempt === 1 && status === 401 && renew(sent)) continue
        return failure ?? { kind: 'broken', error: new Error(`status ${status}`) }
      }
    },
  }
}
