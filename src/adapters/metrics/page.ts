import { type Exposition, readerOf } from './exposition.ts'
import type { Place } from './place.ts'
import type { Page } from './wire.ts'

/** A page may be longer, but nobody needs it to be: what is wanted can be had from a port or a path of its own. */
const mostBytes = 2 * 2 ** 20

/** What stands on the page of a pod, or why it is of no use. Stops to read where there is too much. */
export async function expositionOf(
  { status, body }: Page,
  { place, names }: { readonly place: Place; readonly names: ReadonlySet<string> },
): Promise<Exposition | { readonly why: string }> {
  const reader = readerOf(names)
  let bytes = 0
  let start = ''
  for await (const chunk of body) {
    if (bytes === 0) start = Buffer.from(chunk.subarray(0, 64)).toString('latin1')
    bytes += chunk.length
    if (bytes > mostBytes)
      return {
        why: `it sent more than ${mostBytes / 2 ** 20} MB at ${placeText(place)}: expose fewer series, or these on a port or path of their own`,
      }
    reader.feed(chunk)
  }
  if (status !== 200) return { why: `it answered ${status} at ${placeText(place)}${remedyFor(status)}` }
  if (/^\s*</.test(start))
    return { why: `it answered with a web page at ${placeText(place)}: mend port or path of metrics` }
  if (/^\s*[{[]/.test(start))
    return {
      why: `it answered with JSON at ${placeText(place)}, not with Prometheus’ text format: mend path of metrics`,
    }
  return reader.end()
}

export const placeText = ({ scheme, port, path }: Place): string =>
  `port ${port}${scheme === 'https' ? ' (https)' : ''}, ${path.replace(/\?.*$/, '')}`

const remedyFor = (status: number): string => {
  if (status === 401 || status === 403) return ': let its figures be read without a login, or on another port'
  if (status === 404) return ': mend path of metrics, or the annotation prometheus.io/path'
  if (status >= 300 && status < 400) return ', a redirect: mend path or scheme of metrics'
  return status === 400 ? ': is it https? Then say scheme: https' : ''
}
