import { cut, escapeText } from './text.ts'

/** What is wrong, then what to do about it: two lines, so that one zod message carries both. */
export const says = (what: string, remedy: string): string => `${what}\n${remedy}`

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
