/** What is wrong, then what to do about it: two lines, so that one zod message carries both. */
export const says = (what: string, remedy: string): string => `${what}\n${remedy}`

export function understood(message: string): { readonly what: string; readonly remedy: string } {
  const [what = '', remedy = ''] = message.split('\n')
  return { what, remedy }
}

/** A value as a message may show it: short, on one line, harmless on a terminal. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value !== 'string') return plain(value)
  return `"${cut(printable(value), 60)}"`
}

/** The text of a scalar; nothing for what is none. */
export const plain = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''

/** Control characters (and what turns text around) become a dot: a file may not drive the terminal. */
export const printable = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '·')

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text)

/** `a, b or c` */
export const anyOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
