import type { Kind } from '../../core/kinds.ts'
import type { Millis } from '../../core/time.ts'

/** The verbs of Kubernetes' authorisation, of those that we use. */
type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete'

/** How a request failed: an answer that is not a success, a connection that broke or never was, or no answer in time. */
export type Failure =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly contentType: string
      readonly retryAfter: Millis | null
      readonly body: string
    }
  | { readonly kind: 'broken'; readonly error: unknown }
  | { readonly kind: 'late'; readonly after: Millis }

/** What was asked, of whom and as whom: the place that a message names. */
export interface About {
  readonly verb: Verb
  readonly object?: {
    readonly kind: Kind
    readonly namespace: string
    readonly name?: string
    readonly subresource?: string
  }
  /** For what is no object: `version`. */
  readonly what?: string
}

export interface Peer {
  /** The cluster's name in plans. */
  readonly name: string
  readonly server: string
  readonly context: string | null
  readonly user: string
  readonly proxy: string | null
  /** `the token expired at …`, when the credential itself says so. */
  readonly expired?: () => string | null
}

/** The code of a broken connection; a failed race for several addresses has it in one of its parts. */
export function codeOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException
    if (typeof code === 'string') return code
    if (at instanceof AggregateError) return codeOf(at.errors[0])
  }
  return ''
}
