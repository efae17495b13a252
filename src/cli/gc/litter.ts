import type { Call } from '../../ports.ts'

/** Something that a release left and nobody needs any more. */
export interface Litter {
  readonly what: 'journal' | 'plan' | 'job' | 'object' | 'folder'
  /** `service/web-canary`, or the run for what is several objects. */
  readonly name: string
  /** `us-east-1/shop`, or `here`. */
  readonly place: string
  readonly run: string
  readonly why: string
  readonly remove: (call: Call) => Promise<void>
}
