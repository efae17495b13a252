import { escapeText } from '../core/text.ts'

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

/** The same text with a dot for each character that is not safe to print, so that columns stay where they are. */
export const printable = (text: string): string =>
  Array.from(text, (character) =>
    escapeText(character) === character ? character : '·'.repeat(character.length),
  ).join('')

/** `a, b or c` */
export const anyOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
