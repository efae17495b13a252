import { cut, escapeText } from '../core/text.ts'

/** What is wrong, then what to do about it: two lines, so that one zod message carries both. */
export const says = (what: string, remedy: string): string => `${what}\n${remedy}`

export interface Said {
  readonly what: string
  /** Empty where the message names none. */
  readonly remedy: string
}

export function understood(message: string): Said {
  // Others end with what to write after a colon.
  const [what = '', remedy = ''] = message.includes('\n') ? message.split('\n') : message.split(/: (?=write )/)
  return { what, remedy }
}

/** A value as a message may show it: short, on one line, harmless on a terminal. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value !== 'string') return plain(value)
  return `"${cut(escapeText(value), 60)}"`
}

/** The text of a scalar; nothing for what is none. */
export const plain = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''

/** The same text with a dot for each character that is not safe to print, so that columns stay where they are. */
export const printable = (text: string): string =>
  Array.from(text, (character) =>
    escapeText(character) === character ? character : '·'.repeat(character.length),
  ).join('')

/** `a, b or c` */
export const anyOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
