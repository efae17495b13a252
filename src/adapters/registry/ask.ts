import * as z from 'zod'
import { challengeIn } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import type { Reply, Send } from './http.ts'
import { isLoopback } from './place.ts'

/** Redirects and tokens taken together. Two of each is what registries need. */
const longest = 6

/**
 * Asks a registry, going where it sends us and proving who we are where it wants that (the token flow of the
 * distribution specification). An authorization goes only to the origin that asked for it.
 */
export function asking({ send, credentials, name }: { send: Send; credentials: Credentials; name: string }) {
  const authorizations = new Map<string, string>()
  return async (
    method: 'GET' | 'HEAD',
    from: URL,
    headers: Readonly<Record<string, string>>,
  ): Promise<Reply | null> => {
    let url = from
    for (let count = 0; count < longest; count += 1) {
      const authorization = authorizations.get(url.origin)
      const reply = await send(method, url, { ...headers, ...(authorization !== undefined && { authorization }) })
      const [location] = reply.header('location')
      if (reply.status >= 300 && reply.status < 400 && location !== undefined) {
        const next = onward(location, url)
        if (next === null) return null
        url = next
      } else if (reply.status === 401 && authorization === undefined) {
        const proof = await proofFor(reply, { url, send, name, account: credentials(url.host) })
        if (proof === null) return null
        authorizations.set(url.origin, proof)
      } else return reply
    }
    return null
  }
}

/** Never from https to http: what answers there could be anyone. */
function onward(location: string, from: URL): URL | null {
  const to = URL.parse(location, from.href)
  return to !== null && isSafe(to, from) ? to : null
}

const isSafe = (to: URL, from: URL): boolean =>
  to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:' && isLoopback(to.host))

const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() })

async function proofFor(
  reply: Reply,
  { url, send, name, account }: { url: URL; send: Send; name: string; account: string | null },
): Promise<string | null> {
  const challenge = challengeIn(reply.header('www-authenticate'))
  if (challenge === null) return null
  if (challenge.scheme === 'basic') return account
  const realm = onward(challenge.realm, url)
  if (realm === null) return null
  if (challenge.service !== undefined) realm.searchParams.set('service', challenge.service)
  realm.searchParams.set('scope', challenge.scope ?? `repository:${name}:pull`)
  const answer = await send('GET', realm, account === null ? {} : { authorization: account })
  return answer.status === 200 ? tokenIn(answer.body) : null
}

function tokenIn(body: Uint8Array): string | null {
  try {
    const { token, access_token: other } = Token.parse(JSON.parse(Buffer.from(body).toString()))
    const found = token ?? other
    return found === undefined ? null : `Bearer ${found}`
  } catch {
    return null
  }
}
