import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, visit } from 'yaml'
import type { Range } from './spots.ts'
import { plain, says, shown } from '../core/shown.ts'

/** Something in a document that cannot stand; the message is in the form of `says`. */
export interface Trap {
  readonly range: Range
  readonly message: string
  /** Whether the document gives no data at all. */
  readonly fatal: boolean
}

/** How often anchors may be used: each use costs a search, and lists of lists of them would fill the memory. */
const mostAliases = 200

/**
 * What is valid YAML and yet no configuration: keys that are there twice or are no text, aliases of nothing or of what
 * they are in. (The parser could find double keys too, but takes a minute for a file of many.)
 */
export function trapsIn(document: Document.Parsed): Trap[] {
  const found: Trap[] = []
  const add = (node: unknown, what: string, remedy: string, fatal = true): void => {
    found.push({ range: (node as Node | null)?.range ?? [0, 1], message: says(what, remedy), fatal })
  }
  let aliases = 0
  visit(document, {
    Alias(_key, alias, path) {
      const target = alias.resolve(document)
      const name = shown(alias.source).slice(1, -1)
      if (!target) add(alias, `there is no anchor &${name} above`, 'define it above, or write the value here')
      else if (path.includes(target)) add(alias, 'this alias is inside of what it stands for', 'write the value here')
      if (++aliases < mostAliases) return undefined
      add(alias, `more than ${mostAliases} aliases`, 'write the values out')
      return visit.BREAK
    },
    Map(_key, { items }) {
      const names = new Set<string>()
      for (const { key, value } of items.filter(isPair)) {
        const text = isScalar(key) ? key.value : undefined
        if (isAlias(key) || !['string', 'number', 'symbol'].includes(typeof text))
          add(key, 'this key is not text', 'write a name, in quotes if need be')
        else if (text === '__proto__') add(key, '"__proto__" cannot be a key', 'choose another name')
        else if (typeof text === 'symbol' && !merges(value, document))
          add(value ?? key, 'only a map can be merged in', 'write <<: *name, where &name stands at a map')
        else if (typeof text !== 'symbol' && names.has(plain(text)))
          add(key, 'this key is here twice', 'keep one of them', false)
        names.add(plain(text))
      }
    },
  })
  return found
}

/** What may stand at a merge key: a map, an alias of one, or a list of these. */
function merges(value: unknown, document: Document.Parsed): boolean {
  const target = isAlias(value) ? value.resolve(document) : value
  if (isSeq(target)) return target.items.every((each) => isMap(isAlias(each) ? each.resolve(document) : each))
  return isMap(target)
}
