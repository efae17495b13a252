import type { Kind } from '../core/kinds.ts'
import { type Millis, second } from '../core/time.ts'
import type { Write } from '../ports.ts'
import type { Failure } from '../adapters/kubernetes/failure.ts'

/** Which calls a fault meets. Without any member: all writes. */
export interface Which {
  readonly verb?: Write['verb']
  readonly kind?: Kind
  readonly name?: string
  /** Only the n-th of those from now on, counted from 1; without it every one. */
  readonly nth?: number
}

/** What goes wrong with a write. */
export type WriteFault =
  /** It is applied, but the caller hears nothing until its time is over. */
  | { readonly kind: 'lost-reply' }
  /** It never arrives; the caller's time passes. */
  | { readonly kind: 'lost-request' }
  /** It is not applied. */
  | { readonly kind: 'status'; readonly status: 403 | 409 | 422 | 429 | 500 | 503 }
  | { readonly kind: 'refused' }
  /** Takes so much longer, both before and after it is applied. */
  | { readonly kind: 'slow'; readonly by: Millis }

export interface Faults {
  /** Returns how to end it. */
  onWrite(fault: WriteFault, which?: Which): () => void
  /** Reads fail too: the API server is away. */
  down(): () => void
  /** Views lag behind by so much from now on; 0 ends it. */
  stale(by: Millis): void
  /** Watches have no connection until it is ended. */
  silence(): () => void
}

/** What the port asks before it acts. */
export interface FaultBook extends Faults {
  faultFor(write: Write): WriteFault | null
  isDown(): boolean
  staleBy(): Millis
  /** Called whenever watches fall silent or hear again. */
  onSilence(hear: (isSilent: boolean) => void): () => void
  isSilent(): boolean
}

export function newFaults(): FaultBook {
  const rules = new Set<{ readonly fault: WriteFault; readonly which: Which; met: number }>()
  const listeners = new Set<(isSilent: boolean) => void>()
  let downs = 0
  let silences = 0
  let lag: Millis = 0

  const tell = (): void => {
    for (const hear of listeners) hear(silences > 0)
  }
  return {
    onWrite: (fault, which = {}) => {
      const rule = { fault, which, met: 0 }
      rules.add(rule)
      return () => rules.delete(rule)
    },
    down: () => {
      downs += 1
      return once(() => (downs -= 1))
    },
    stale: (by) => {
      lag = by
    },
    silence: () => {
      silences += 1
      tell()
      return once(() => {
        silences -= 1
        tell()
      })
    },
    faultFor: (write) => {
      for (const rule of rules) {
        if (!meets(rule.which, write)) continue
        rule.met += 1
        if (rule.which.nth === undefined || rule.which.nth === rule.met) return rule.fault
      }
      return null
    },
    isDown: () => downs > 0,
    staleBy: () => lag,
    isSilent: () => silences > 0,
    onSilence: (hear) => {
      listeners.add(hear)
      return () => listeners.delete(hear)
    },
  }
}

const once = (act: () => void): (() => void) => {
  let isDone = false
  return () => {
    if (!isDone) act()
    isDone = true
  }
}

const meets = ({ verb, kind, name }: Which, write: Write): boolean =>
  (verb ?? write.verb) === write.verb &&
  (kind ?? write.object.kind) === write.object.kind &&
  (name ?? write.object.name) === write.object.name

const reasons = {
  403: 'Forbidden',
  409: 'Conflict',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
} as const

/** How the caller learns of it. */
export function failureOf(fault: Exclude<WriteFault, { kind: 'slow' }>, timeout: Millis): Failure {
  if (fault.kind === 'refused') return brokenConnection
  if (fault.kind !== 'status') return { kind: 'late', after: timeout }
  const { status } = fault
  const body = {
    kind: 'Status',
    status: 'Failure',
    code: status,
    reason: reasons[status],
    message: 'a simulated fault',
  }
  return {
    kind: 'answer',
    status,
    contentType: 'application/json',
    retryAfter: status === 429 ? second : null,
    body: JSON.stringify(body),
  }
}

export const brokenConnection: Failure = {
  kind: 'broken',
  error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
}
