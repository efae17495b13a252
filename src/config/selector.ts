import { patternOf } from '../core/matchers.ts'
import type { Matcher, Selector } from '../core/metrics.ts'
import { shown } from '../core/shown.ts'

/** What is wrong with a selector: at which character, from 1. */
export interface Misread {
  readonly at: number
  readonly what: string
  readonly remedy: string
}

const example = 'http_requests_total{namespace="web"}'
const matcherExample = 'code=~"5.."'

/** `http_requests_total{namespace="web"}`: one metric, and which of its series. Nothing else of PromQL. */
export function parseSelector(text: string): Selector | Misread {
  const name = /^\s*([a-zA-Z_:][\w:]*)\s*/.exec(text)
  if (!name) return { at: startOf(text), what: 'no metric is named', remedy: `begin with its name: ${example}` }
  const from = name[0].length
  const rest = text.slice(from)
  if (rest.startsWith('('))
    return {
      at: from + 1,
      what: `${name[1]}(…) is an expression`,
      remedy: `name only the counter, rates are computed here: ${example}`,
    }
  if (rest === '') return { name: name[1] ?? '', matchers: [] }
  if (!rest.startsWith('{')) return trailing(rest, from)
  const read = braced(text, from)
  return 'what' in read ? read : { name: name[1] ?? '', matchers: read.matchers }
}

/** Which requests failed: `code=~"5.."`, the same in braces, or a selector of its own. */
export function parseErrors(text: string): { readonly matchers: readonly Matcher[] } | Selector | Misread {
  const start = startOf(text) - 1
  if (text[start] === '{') return braced(text, start)
  if (!/^\s*[a-zA-Z_]\w*\s*[=!]/.test(text)) return parseSelector(text)
  const bare = matchersFrom(text, start, 'end')
  return 'what' in bare ? bare : { matchers: bare.matchers }
}

interface Read {
  readonly matchers: readonly Matcher[]
}

function braced(text: string, from: number): Read | Misread {
  const closing = matchersFrom(text, from + 1, '}')
  if ('what' in closing) return closing
  const after = text.slice(closing.end)
  return after.trim() === '' ? { matchers: closing.matchers } : trailing(after, closing.end)
}

/** Matchers with commas between them, up to what ends them. */
function matchersFrom(text: string, from: number, until: '}' | 'end'): (Read & { readonly end: number }) | Misread {
  const matchers: Matcher[] = []
  let at = from
  const skip = (): void => {
    while (/\s/.test(text[at] ?? '')) at += 1
  }
  const ended = (): boolean => (until === 'end' ? at >= text.length : text[at] === '}')
  for (skip(); !ended(); skip()) {
    const matcher = matcherAt(text, at)
    if ('what' in matcher) return matcher
    matchers.push(matcher.matcher)
    at = matcher.end
    skip()
    if (text[at] === ',') at += 1
    else if (!ended())
      return at >= text.length
        ? { at: at + 1, what: 'a } is missing', remedy: `close the braces: ${example}` }
        : { at: at + 1, what: `${shown(text.charAt(at))} is not expected here`, remedy: 'write , between two matchers' }
  }
  return { matchers, end: at + 1 }
}

function matcherAt(text: string, from: number): { readonly matcher: Matcher; readonly end: number } | Misread {
  const like = `write it like ${matcherExample}`
  const label = /^[a-zA-Z_]\w*/.exec(text.slice(from))?.[0]
  if (label === undefined)
    return from >= text.length
      ? { at: from + 1, what: 'a } is missing', remedy: `close the braces: ${example}` }
      : { at: from + 1, what: 'the name of a label is missing', remedy: like }
  const spaced = /^\s*(=~|!~|!=|==|=)?\s*/.exec(text.slice(from + label.length))
  const op = spaced?.[1]
  const begin = from + label.length + (spaced?.[0].length ?? 0)
  if (op === undefined || op === '==')
    return {
      at: from + label.length + 1,
      what: op === undefined ? `after ${label} a comparison is missing` : '== compares numbers, not labels',
      remedy: 'write =, !=, =~ or !~',
    }
  const quoted = stringAt(text, begin)
  if ('what' in quoted) return quoted
  const bad = op.endsWith('~') ? badPattern(quoted.value) : undefined
  if (bad) return { at: begin + 1, ...bad }
  return { matcher: { label, op: op as Matcher['op'], value: quoted.value }, end: quoted.end }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function stringAt(text: string, from: number): { readonly value: string; readonly end: number } | Misread {
  const quote = text[from] ?? ''
  if (!/["'`]/.test(quote) || quote === '')
    return { at: from + 1, what: 'the value is not in quotes', remedy: `write it like ${matcherExample}` }
  let value = ''
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (character === quote) return { value, end: at + 1 }
    if (character === '\\' && quote !== '`') {
      at += 1
      const escaped = text[at] ?? ''
      value += escapes[escaped] ?? escaped
    } else value += character
  }
  return { at: from + 1, what: 'the quotes are not closed', remedy: `write it like ${matcherExample}` }
}

function badPattern(value: string): Omit<Misread, 'at'> | undefined {
  if (/\(\?<?[=!]/.test(value))
    return { what: 'Prometheus has no lookaround in regular expressions', remedy: 'use !~ in a matcher of its own' }
  try {
    patternOf(value)
    return undefined
  } catch {
    return { what: `${shown(value)} is not a regular expression`, remedy: `write it like ${matcherExample}` }
  }
}

function trailing(rest: string, from: number): Misread {
  const at = from + startOf(rest)
  const text = rest.trim()
  if (text.startsWith('['))
    return { at, what: 'a range has no place here', remedy: `remove ${text.slice(0, 20)}: the window is the trigger's` }
  return { at, what: `${shown(text)} is too much`, remedy: `write one metric and its labels: ${example}` }
}

/** The first character that is not white space, from 1. */
const startOf = (text: string): number => text.length - text.trimStart().length + 1
