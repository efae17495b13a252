import { StringDecoder } from 'node:string_decoder'
import type { Labels } from '../../core/matchers.ts'

/** A line of the text format, of a metric that is wanted. */
export interface Sample {
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

export interface Exposition {
  readonly samples: readonly Sample[]
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
  const types = new Map<string, string>()
  let rest = ''

  const line = (text: string): void => {
    if (text.charCodeAt(0) === hash) {
      const [, name, type] = /^#\s+TYPE\s+(\S+)\s+(\w+)/.exec(text) ?? []
      if (name !== undefined && type !== undefined) types.set(name, type)
      return
    }
    const name = text.slice(0, nameEnd(text))
    if (!wanted.has(name)) return
    const sample = sampleOf(name, text.slice(name.length))
    if (sample) samples.push(sample)
  }
  const lines = (text: string): void => {
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      line(text.slice(from, end))
      from = end + 1
    }
    rest = text.slice(from)
  }
  return {
    feed: (chunk) => lines(rest + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end: () => {
      lines(`${rest}${decoder.end()}\n`)
      return { samples, types }
    },
  }
}

const hash = 35
const brace = 123

function nameEnd(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === brace || code <= 32) return at
  }
  return text.length
}

/** What stands behind the name: labels, the value, and maybe a time and an exemplar, which are not needed. */
function sampleOf(name: string, text: string): Sample | null {
  const labels: Record<string, string> = {}
  let at = text.search(/\S/)
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
  const value = numberOf(/^\s*(\S+)/.exec(text.slice(at))?.[1] ?? '')
  return value === null ? null : { name, labels, value }
}

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
