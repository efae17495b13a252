import type { Clock } from '../../ports.ts'
import { minute, type Millis } from '../../core/time.ts'

/** What a request needs to be known as its user: a bearer token, or a client certificate and its key (PEM). */
export interface Credential {
  readonly token?: string
  readonly cert?: string
  readonly key?: string
  /** When it stops to be accepted; absent: never. */
  readonly expires?: Millis
}

/** Gets a credential from somewhere: a program, a file, a signature. */
export type Fetch = () => Promise<Credential>

export interface Source {
  /** The credential of now; many callers at once cause one fetch. */
  get(): Promise<Credential>
  /** After a 401 with this credential: the next `get` fetches again, unless somebody else already did. */
  forget(refused: Pick<Credential, 'token' | 'cert'>): void
}

/** Keeps a credential until a minute before it expires (a third of its life before, when it lives shorter). */
export function cached(fetch: Fetch, clock: Clock): Source {
  let kept: { readonly credential: Credential; readonly until: Millis } | null = null
  let running: Promise<Credential> | null = null
  let generation = 0

  const refresh = async (): Promise<Credential> => {
    const mine = ++generation
    try {
      const credential = await fetch()
      const expires = credential.expires ?? Number.POSITIVE_INFINITY
      const until = expires - Math.min(minute, (expires - clock.now()) / 3)
      if (mine === generation) kept = { credential, until: Number.isNaN(until) ? expires : until }
      return credential
    } finally {
      if (mine === generation) running = null
    }
  }
  return {
    get: () => {
      if (kept !== null && clock.now() < kept.until) return Promise.resolve(kept.credential)
      running ??= refresh()
      return running
    },
    forget: ({ token, cert }) => {
      if (kept !== null && kept.credential.token === token && kept.credential.cert === cert) kept = null
    },
  }
}
