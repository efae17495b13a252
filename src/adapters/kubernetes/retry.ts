import { ExponentialBackoff, type GeneratorFn, type IBackoff } from 'cockatiel'
import { type Millis, second } from '../../core/time.ts'
import type { Clock } from '../../ports.ts'
import { codeOf, type Failure } from './failure.ts'

/**
 * Which requests may be sent twice. `any`: the first was not executed, that much is known. `repeatable`: saying it twice
 * is saying it once: reading, dry runs, server-side apply, deletes by uid and JSON Patches that test first.
 */
interface Rule {
  readonly status?: readonly number[]
  readonly codes?: RegExp
  readonly may: 'any' | 'repeatable'
  /** In all, the first included. */
  readonly attempts: number
}

/** Everything that is ever sent again. What is not listed fails at once: 4xx, a wrong certificate, an unknown host. */
const rules: readonly Rule[] = [
  // The server's own limit, before it does anything.
  { status: [429], may: 'any', attempts: 8 },
  { status: [500, 502, 503, 504], may: 'repeatable', attempts: 5 },
  // There was no connection.
  { codes: /^(?:ECONNREFUSED|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT)$/, may: 'any', attempts: 3 },
  // It broke, or said nothing: nobody knows what was done.
  {
    codes: /^(?:ECONNRESET|EPIPE|ETIMEDOUT|UND_ERR_(?:SOCKET|INFO|HEADERS_TIMEOUT|BODY_TIMEOUT)|ERR_HTTP2_\w+)$/,
    may: 'repeatable',
    attempts: 5,
  },
]

export function mayRepeat(
  failure: Failure,
  request: { readonly repeatable: boolean; readonly attempt: number },
): boolean {
  const rule = rules.find(({ status, codes }) =>
    failure.kind === 'answer'
      ? status?.includes(failure.status)
      : failure.kind === 'broken' && codes?.test(codeOf(failure.error)),
  )
  return rule !== undefined && request.attempt < rule.attempts && (rule.may === 'any' || request.repeatable)
}

/** Decorrelated jitter: each delay lies between the first and three times the last, so callers spread out. */
const decorrelated =
  (random: () => number): GeneratorFn<Millis> =>
  (previous, { initialDelay, maxDelay }) => {
    const ceiling = (previous ?? initialDelay) * 3
    const delay = Math.min(maxDelay, initialDelay + random() * (ceiling - initialDelay))
    return [delay, delay]
  }

export interface Pauses {
  /** Waits before the next attempt: as long as the server asked for, else the next step of the backoff. */
  wait(failure: Failure | null, signal: AbortSignal): Promise<void>
  /** How long `wait` would wait. */
  next(failure: Failure | null): Millis
  /** After a success: begins with the shortest again. */
  reset(): void
}

export interface PauseOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly first: Millis
  readonly longest: Millis
}

export function pauses({ clock, random, first, longest }: PauseOptions): Pauses {
  const start = () =>
    new ExponentialBackoff({ generator: decorrelated(random), initialDelay: first, maxDelay: longest })
  let backoff: IBackoff<unknown> = start().next()
  const next = (failure: Failure | null): Millis => {
    const asked = failure?.kind === 'answer' ? failure.retryAfter : null
    return asked === null ? backoff.duration : Math.max(asked, 0) + random() * second
  }
  return {
    next,
    wait: async (failure, signal) => {
      const delay = next(failure)
      backoff = backoff.next(undefined)
      await clock.sleep(delay, signal)
    },
    reset: () => {
      backoff = start().next()
    },
  }
}
