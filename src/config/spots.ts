import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import { plain } from '../core/shown.ts'

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
  return isMap(node) ? member(node, String(step), document, new Set()) : undefined
}

/** A member of a map, its own or merged into it; `tried` because bases can share bases. */
function member(map: YAMLMap, name: string, document: Document.Parsed, tried: Set<YAMLMap>): Place | undefined {
  if (tried.has(map)) return undefined
  tried.add(map)
  const own = pairsOf(map).get(name)
  if (own) return placeOf(own.key, own.value)
  const base = resolved(document, pairsOf(map).get('<<')?.value)
  const bases = isSeq(base) ? base.items.map((item) => resolved(document, item)) : [base]
  for (const one of bases) {
    const inherited = isMap(one) ? member(one, name, document, tried) : undefined
    if (inherited) return inherited
  }
  return undefined
}

const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()

/** The members of a map by name, the last of a name: found once, because a bad file asks for all of them. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = indexes.get(map)
  if (known) return known
  const index = new Map(map.items.filter(isPair).map((pair) => [nameOf(pair.key), pair]))
  indexes.set(map, index)
  return index
}

const placeOf = (key: unknown, value: unknown): Place => ({
  ...(isScalar(key) && { key }),
  ...((isScalar(value) || isMap(value) || isSeq(value) || isAlias(value)) && { value }),
})

/** With `merge: true` the key `<<` is a symbol. */
const nameOf = (key: unknown): string => {
  const value = isScalar(key) ? key.value : undefined
  return typeof value === 'symbol' ? '<<' : plain(value)
}

function resolved(document: Document.Parsed, node: unknown): Node | undefined {
  const target = isAlias(node) ? node.resolve(document) : node
  return isScalar(target) || isMap(target) || isSeq(target) ? target : undefined
}
