import { messageOf } from '../../core/errors.ts'
import { type Millis, span } from '../../core/time.ts'
import { unknownCa } from '../../core/unknown-ca.ts'
import { type About, brief } from './answer.ts'

/** A connection that was never made, or broke. */
export function brokenText(error: unknown, { name }: Pick<About, 'name'>): string {
  const { code, message } = causeOf(error)
  if (code === 'ENOTFOUND') return `the name in ${name} is not known: check url of metrics, the resolver and the VPN`
  if (code === 'EAI_AGAIN') return `the name in ${name} could not be looked up: check the resolver and the VPN`
  if (code === 'ECONNREFUSED') return `nothing listens at ${name}: check url of metrics, and whether it runs`
  if (/TIMEOUT|^ETIMEDOUT$|^E(?:HOST|NET)UNREACH$/.test(code))
    return `${name} can not be reached (${code}): check url of metrics, the VPN and the firewall`
  if (code === 'CERT_HAS_EXPIRED')
    return `the certificate of ${name} expired: renew it, or set the clock of this machine`
  if (code === 'CERT_NOT_YET_VALID') return `the certificate of ${name} is not valid yet: set the clock of this machine`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of ${name} is for other names: use one of them in url of metrics (${brief(message)})`
  if (unknownCa.has(code))
    return `the certificate of ${name} was signed by a CA that is not known here (${code}): name its file as ca of metrics`
  if (/^ERR_SSL_WRONG_VERSION|^EPROTO$|PACKET_LENGTH_TOO_LONG/.test(code))
    return `${name} does not speak TLS: write http:// in url of metrics`
  return `the connection to ${name} broke (${brief(`${code} ${message}`)}): check url of metrics, and what is in between`
}

export const lateText = (after: Millis, { name }: Pick<About, 'name'>): string =>
  `${name} did not answer within ${span(after)}: see whether it is overloaded, and check the VPN and the firewall`

/** The deepest error that has a code: what is above it says only that a fetch failed. */
function causeOf(error: unknown): { readonly code: string; readonly message: string } {
  let found = { code: '', message: messageOf(error) }
  for (let at: unknown = error; at instanceof Error; at = at instanceof AggregateError ? at.errors[0] : at.cause) {
    const { code } = at as NodeJS.ErrnoException
    if (typeof code === 'string') found = { code, message: at.message }
  }
  return found
}
