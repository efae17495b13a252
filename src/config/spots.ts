import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node } from 'yaml'
import { plain } from './text.ts'

/** Keys and indexes from the top. */
export type Path = readonly PropertyKey[]
/** Start, end of the value, end with what trails it: offsets into the text. */
export type Range = readonly [number, number, number?]

interface Place {
  readonly key?: Node
  readonly value?: Node
}

export const reaches = (document: Document.Parsed, path: Path): boolean =>
  placesOn(document, path).length === path.length + 1

/**
 * The text range that a path stands for, or that of the deepest part of it that is there. A map or list is pointed at
 * by its key: its own range starts on another line, at something else.
 */
export function rangeIn(document: Document.Parsed, path: Path, which: 'key' | 'value'): Range {
  const places = placesOn(document, path)
  const { key, value } = places.at(-1) ?? {}
  const whole = places.length === path.length + 1
  const node = whole && which === 'value' && pointable(value) ? value : (key ?? value)
  return node?.range ?? [0, 1, 1]
}

const pointable = (node: Node | undefined): boolean => isAlias(node) || (isScalar(node) && node.source !== '')

/** The place of every step that exists, the whole document first. */
function placesOn(document: Document.Parsed, path: Path): Place[] {
  const places: Place[] = [placeOf(undefined, document.contents)]
  for (const step of path) {
    const next = below(resolved(document, places.at(-1)?.value), step, document)
    if (!next) break
    places.push(next)
  }
  return places
}

function below(node: Node | undefined, step: PropertyKey, document: Document.Parsed): Place | undefined {
  if (isSeq(node))
    return typeof step === 'number' && step in node.items ? placeOf(undefined, node.items[step]) : undefined
  if (!isMap(node)) return undefined
  const named = (name: PropertyKey) => node.items.filter((pair) => isPair(pair) && nameOf(pair.key) === String(name))
  const own = named(step).at(-1)
  if (own) return placeOf(own.key, own.value)
  for (const { value } of named('<<')) {
    const base = resolved(document, value)
    const bases = isSeq(base) ? base.items.map((item) => resolved(document, item)) : [base]
    const inherited = bases.map((map) => below(map, step, document)).find(Boolean)
    if (inherited) return inherited
  }
  return undefined
}

const placeOf = (key: unknown, value: unknown): Place => ({
  ...(isScalar(key) && { key }),
  ...((isScalar(value) || isMap(value) || isSeq(value) || isAlias(value)) && { value }),
})

/** With `merge: true` the key `<<` is a symbol. */
const nameOf = (key: unknown): string | undefined => {
  if (!isScalar(key)) return undefined
  return typeof key.value === 'symbol' ? '<<' : plain(key.value)
}

function resolved(document: Document.Parsed, node: unknown): Node | undefined {
  const target = isAlias(node) ? node.resolve(document) : node
  return isScalar(target) || isMap(target) || isSeq(target) ? target : undefined
}
