import stringWidth from 'string-width'

/** Letters of most languages of Europe, and the signs of our own screens. Each takes one column and joins with no other. */
const plain = /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02af‐-‧‰-‷↑→↓←≤≥≈×–—…─-◈○●◀✔✖]*$/

/** Columns that a text takes on a terminal: colours take none, wide characters two. */
export const widthOf = (text: string): number => (plain.test(text) ? text.length : stringWidth(text))

export const padTo = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - widthOf(text)))

/** Lines of at most `columns`, broken between words; a word that is longer than a line is broken anywhere. */
export function wrap(text: string, columns: number): string[] {
  const room = Math.max(8, columns)
  const lines: string[] = []
  const words = text.trimStart().split(' ')
  let line = ' '.repeat(text.length - text.trimStart().length)
  let empty = true
  for (const word of words.flatMap((part) => pieces(part, room))) {
    const longer = empty ? `${line}${word}` : `${line} ${word}`
    if (!empty && widthOf(longer) > room) {
      lines.push(line.trimEnd())
      line = word
    } else line = longer
    empty = false
  }
  return [...lines, line.trimEnd()]
}

/** `first` before the first line, as many blanks before the others. */
export function hang(first: string, text: string, columns: number): string[] {
  const indent = widthOf(first)
  const [head = '', ...rest] = wrap(text, columns - indent)
  return [`${first}${head}`.trimEnd(), ...rest.map((line) => `${' '.repeat(indent)}${line}`)]
}

/** One line of at most `columns`; what does not fit is cut and shown as an ellipsis. */
export function fit(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let line = ''
  for (const character of text) {
    if (widthOf(line + character) > columns - 1) break
    line += character
  }
  return `${line.trimEnd()}…`
}

function pieces(word: string, columns: number): string[] {
  if (widthOf(word) <= columns) return [word]
  const found: string[] = []
  let piece = ''
  for (const character of word) {
    if (widthOf(piece + character) > columns) {
      found.push(piece)
      piece = ''
    }
    piece += character
  }
  return [...found, piece]
}
