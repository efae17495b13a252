import type { Lease } from './lease.ts'

/** What a Lease means to somebody who wants to drive `run`. */
export type Chance =
  | { readonly may: 'take' }
  /** It is ours already. */
  | { readonly may: 'keep' }
  /** It has a holder: whether that lives is seen by looking on. */
  | { readonly may: 'look' }
  | { readonly may: 'not'; readonly because: 'foreign' | 'open' }

export interface Wanting {
  readonly run: string
  readonly holder: string
  /** Its holder is known to be gone: it did not renew for a whole TTL of our own clock, or its process is dead. */
  readonly isGone: boolean
}

export function chanceOf(lease: Lease | null, { run, holder, isGone }: Wanting): Chance {
  if (!lease) return { may: 'take' }
  if (!lease.run) return { may: 'not', because: 'foreign' }
  if (lease.identity === holder) return { may: 'keep' }
  if (lease.run.run !== run && lease.run.phase !== 'closed') return { may: 'not', because: 'open' }
  return lease.holder === null || isGone ? { may: 'take' } : { may: 'look' }
}
