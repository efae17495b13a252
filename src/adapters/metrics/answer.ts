import type { Dispatcher } from 'undici'
import { dateOf, headerOf } from '../../core/headers.ts'
import { jsonIn } from '../../core/json.ts'
import { cut, escapeText } from '../../core/text.ts'
import type { Millis } from '../../core/time.ts'

/** JSON, with the status that it came with; or why there is none. */
export type Answer =
  | {
      readonly status: number
      readonly json: unknown
      /** What the server's own clock said, in whole seconds; `null`: it did not say. */
      readonly date: Millis | null
    }
  | { readonly down: string }

export interface About {
  /** The address, for people. */
  readonly name: string
  /** What no message may show. */
  readonly secrets: readonly string[]
  readonly hasLogin: boolean
}

const mostBytes = 32 * 2 ** 20

export async function answerIn(answer: Dispatcher.ResponseData, about: About): Promise<Answer> {
  const { statusCode: status, headers, body } = answer
  const { name } = about
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > mostBytes)
      return {
        down: `${name} sent more than ${mostBytes / 2 ** 20} MB: narrow requests and latency of metrics with labels`,
      }
    chunks.push(chunk)
  }
  const said = Buffer.concat(chunks).toString()
  // Some servers repeat what they refuse.
  const text = about.secrets.reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), said)
  const login = about.hasLogin ? 'check auth of metrics: the token may be wrong or expired' : 'add auth to metrics'
  if (status === 401 || status === 407) return { down: `${name} wants a login (status ${status}): ${login}` }
  if (status === 403)
    return {
      down: `${name} does not let us read (status 403): ${about.hasLogin ? 'grant it to this user, or check auth of metrics' : 'add auth to metrics'}`,
    }
  if (status >= 300 && status < 400)
    return {
      down: `${name} redirects to ${whereTo(headerOf(headers, 'location'))}: name that as url of metrics; if it is a login page, ${login}`,
    }
  if (/^\s*</.test(text))
    return {
      down: `${name} answered with a web page (status ${status}${titleIn(text)}), not with JSON: check url of metrics; if it is a login page, ${login}`,
    }
  const json = jsonIn(status < 400 ? said : text)
  if (json !== undefined) return { status, json, date: dateOf(headers) }
  if (status >= 400)
    return {
      down: `${name} failed with status ${status}${saidIn(text)}: see what ails it, and check url of metrics`,
    }
  return { down: `${name} answered with what is not JSON${saidIn(text)}: check url of metrics` }
}

/** One short line of another's words. */
export const brief = (text: string, most = 200): string => cut(escapeText(text.trim().replaceAll(/\s+/g, ' ')), most)

const saidIn = (text: string): string => (text.trim() === '' ? '' : ` (${brief(text, 80)})`)

const titleIn = (text: string): string => {
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]?.trim() ?? ''
  return title === '' ? '' : `, “${brief(title, 60)}”`
}

/** Without the query, which often holds what belongs to nobody else. */
function whereTo(location: string): string {
  if (!URL.canParse(location)) return brief(location.replace(/[?#].*$/, ''), 100) || 'somewhere else'
  const { origin, pathname } = new URL(location)
  return brief(origin + pathname, 100)
}
