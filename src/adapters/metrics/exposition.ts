import { StringDecoder } from 'node:string_decoder'
import type { Labels } from '../../core/matchers.ts'

/** A line of the text format, of a metric that is wanted. */
export interface Sample {
  readonly name: string
  readonly labels: Labels
  readonly value: number
  readonly line: number
}

/** A line of a metric that is wanted, and nobody knows what it says. */
export interface Unreadable {
  readonly name: string
  /** `null`: not even these are known. */
  readonly labels: Labels | null
  readonly line: number
  readonly text: string
}

export interface Exposition {
  readonly samples: readonly Sample[]
  /** Whoever leaves these out may leave out the requests that failed. */
  readonly unreadable: readonly Unreadable[]
  /** Types that were said: `http_requests_total` is a `counter`. Also of metrics that nobody wants. */
  readonly types: ReadonlyMap<string, string>
}

export interface Reader {
  feed(chunk: Uint8Array): void
  end(): Exposition
}

/**
 * Reads Prometheus' text format (and OpenMetrics', as far as counters and histograms go) as it comes, and keeps only the
 * samples of these metrics: the rest of a page may be a thousand times as long.
 */
export function readerOf(wanted: ReadonlySet<string>): Reader {
  const decoder = new StringDecoder('utf8')
  const samples: Sample[] = []
  const unreadable: Unreadable[] = []
  const types = new Map<string, string>()
  let rest = ''
  let count = 0

  const read = (text: string): void => {
    if (text.charCodeAt(0) === hash) {
      const [, name, type] = /^#\s+TYPE\s+(\S+)\s+(\w+)/.exec(text) ?? []
      if (name !== undefined && type !== undefined) types.set(name, type)
      return
    }
    const name = text.slice(0, nameEnd(text))
    if (!wanted.has(name)) return
    const said = labelsIn(text.slice(name.length))
    const value = said === null ? null : valueIn(said.rest)
    if (said === null || value === null) unreadable.push({ name, labels: said?.labels ?? null, line: count, text })
    else samples.push({ name, labels: said.labels, value, line: count })
  }
  const lines = (text: string): void => {
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      count += 1
      const line = text.slice(from, end)
      read(line.charCodeAt(0) <= space ? line.trimStart() : line)
      from = end + 1
    }
    rest = text.slice(from)
  }
  return {
    feed: (chunk) => lines(rest + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end: () => {
      lines(`${rest}${decoder.end()}\n`)
      return { samples, unreadable, types }
    },
  }
}

const space = 32
const hash = 35
const brace = 123

function nameEnd(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === brace || code <= space) return at
  }
  return text.length
}

/** The labels behind a name, and what stands behind them; `null`: there is no telling. */
function labelsIn(text: string): { readonly labels: Labels; readonly rest: string } | null {
  const labels: Record<string, string> = {}
  let at = text.search(/\S/)
  // A line that ends here may have lost its labels, too.
  if (at < 0) return null
  if (text[at] === '{') {
    at += 1
    for (;;) {
      const pair = /^[\s,]*(?:"?([^"=\s{}]+)"?\s*=\s*"((?:[^"\\]|\\[^])*)"|\})/.exec(text.slice(at))
      if (!pair) return null
      at += pair[0].length
      if (pair[1] === undefined) break
      labels[pair[1]] = unescaped(pair[2] ?? '')
    }
  }
  return { labels, rest: text.slice(at) }
}

/** A time and an exemplar may follow, which are not needed; anything else is of another line, which lost its beginning. */
const valueIn = (text: string): number | null =>
  numberOf(/^\s*(\S+)(?:\s+[-+.\de]+)?(?:\s+#[^]*)?\s*$/i.exec(text)?.[1] ?? '')

const unescaped = (text: string): string =>
  text.includes('\\')
    ? text.replaceAll(/\\([^])/g, (_, character: string) => (character === 'n' ? '\n' : character))
    : text

/** As Go reads numbers, of which JavaScript's are nearly all. */
export function numberOf(text: string): number | null {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^nan$/i.test(text)) return Number.NaN
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : null
}
