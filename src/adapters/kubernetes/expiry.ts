import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isObject, jsonIn } from '../../core/json.ts'
import { type Millis, stamp } from '../../core/time.ts'
import type { UserEntry } from './kubeconfig.ts'

/** Says that a credential of the kubeconfig is past its date, where one can read that from it; else `null`. */
export function expiredCredential(user: UserEntry, now: Millis): string | null {
  try {
    const token = user.tokenFile ? readFileSync(user.tokenFile, 'utf8') : user.token
    if (token) return past('the token', tokenEnd(token), now)
    const data = user['client-certificate-data']
    const file = user['client-certificate']
    const pem = data ? Buffer.from(data, 'base64') : file ? readFileSync(file) : null
    return pem === null ? null : past('the client certificate', Date.parse(new X509Certificate(pem).validTo), now)
  } catch {
    return null // This only explains a refusal; what cannot be read explains nothing.
  }
}

const past = (what: string, end: Millis, now: Millis): string | null =>
  end < now ? `${what} expired at ${stamp(end)}` : null

/** The `exp` of a JSON Web Token; never for other tokens. */
function tokenEnd(token: string): Millis {
  const claims = jsonIn(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return isObject(claims) && typeof claims['exp'] === 'number' ? claims['exp'] * 1000 : Number.POSITIVE_INFINITY
}
