import { type Document, isMap, LineCounter, parseDocument } from 'yaml'
import { cut, escapeText } from '../core/text.ts'
import { type Path, type Range, rangeIn, reaches } from './spots.ts'
import { says, shown } from '../core/shown.ts'
import { type Trap, trapsIn } from './traps.ts'

/** A place in a text, as people and editors count. */
export interface Spot {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units. */
  readonly column: number
  /** How many characters are meant, all on that line; at least 1. */
  readonly length: number
}

/** Something wrong with the YAML itself; the message is in the form of `says`. */
interface Slip {
  readonly spot: Spot
  readonly message: string
}

/** A YAML text that remembers where everything stood. */
export interface Yaml {
  readonly slips: readonly Slip[]
  /** Plain data; `undefined` when the slips leave nothing to rely on. */
  readonly value: unknown
  /** What a Kubernetes manifest says it is, at the top of the (first) document. */
  readonly kind: string | undefined
  /** Where a path stands, or the nearest thing above it that is there. */
  readonly spot: (path: Path, which: 'key' | 'value') => Spot
  readonly has: (path: Path) => boolean
}

/** Reads one document of YAML 1.2 with merge keys. Never throws. */
export function readYaml(text: string): Yaml {
  const lines = new LineCounter()
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, merge: true, uniqueKeys: false })
  const spotOf = ([start, end]: Range): Spot => {
    const { line, col } = lines.linePos(start)
    const lineEnd = (lines.lineStarts[line] ?? text.length + 1) - 1
    return { line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, Math.min(end, lineEnd) - start) }
  }
  const slips = [...syntaxOf(document, text), ...trapsIn(document)]
  const readable = slips.every(({ fatal }) => !fatal)
  return {
    slips: slips.map(({ range, message }) => ({ spot: spotOf(range), message })),
    value: readable ? document.toJS({ maxAliasCount: -1 }) : undefined,
    kind: kindOf(document),
    spot: (path, which) => spotOf(rangeIn(document, path, which)),
    has: (path) => reaches(document, path),
  }
}

const syntaxOf = (document: Document.Parsed, text: string): Trap[] =>
  [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    range: pos,
    message: slipText(code, message, text.slice(...pos)),
    fatal: true,
  }))

function slipText(code: string, message: string, text: string): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return says('a tab indents this line', 'indent with spaces')
    case 'MULTIPLE_DOCS':
      return says('a second document starts here', 'keep one document in this file: remove --- and what follows')
    case 'TAG_RESOLVE_FAILED':
      return says(`${shown(text)} is a tag that this file cannot use`, 'write the value without a tag')
    default:
      // The parser's message may quote any length of the file.
      return says(`not valid YAML: ${cut(escapeText(message), 120)}`, 'mend the YAML here, or just above')
  }
}

function kindOf({ contents }: Document.Parsed): string | undefined {
  const kind: unknown = isMap(contents) ? contents.get('kind') : undefined
  return typeof kind === 'string' ? kind : undefined
}
