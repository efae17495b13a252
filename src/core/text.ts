/**
 * Text from outside (hook output, logs, events, messages of an API) as one line that is safe to print: nothing in it
 * moves a cursor, reorders what a person reads, or commands a CI system. Colours are taken out; what else is unprintable
 * is shown as `\x1b` or `\u{202e}`. It is for reading: it can't be turned back.
 */
export const escapeText = (text: string): string => withoutCommands(withoutControls(text.replace(colour, '')))

/** The lines of a text, each escaped. `\r` ends a line too: a progress bar must not paint over what came before it. */
export const escapeLines = (text: string): string[] => {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  return lines.map(escapeText)
}

/** At most `max` UTF-16 units, a pair never split; what was cut is shown as an ellipsis. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  const end = /[\uD800-\uDBFF]/.test(text.charAt(max - 2)) ? max - 2 : max - 1
  return `${text.slice(0, end)}…`
}

// oxlint-disable-next-line no-control-regex
const colour = /\u001B\[[\d;:]*m/g

/**
 * Controls (C0, DEL, C1), line separators, bidi marks and overrides (CVE-2021-42574), what has no width and so hides
 * text (soft hyphen, zero-width space, word joiner, tag characters), and halves of surrogate pairs.
 */
const unprintable =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]|\p{Surrogate}/gu

const named: Readonly<Record<string, string>> = { '\t': '  ', '\n': '\\n', '\r': '\\r' }

const withoutControls = (text: string): string =>
  text.replace(unprintable, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16)
    return named[character] ?? (hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`)
  })

/**
 * GitHub takes `::name` at a line's start, after any white space. Its older `##[name]`, `##vso[` of Azure and
 * `##teamcity[` are found anywhere in a line, so the prefix that a printer sets before a line doesn't stop them.
 */
const withoutCommands = (text: string): string =>
  text.replace(/^(\s*):(?=:[a-z])/i, '$1\\x3a').replace(/##(?=(?:vso|teamcity)?\[)/gi, '#\\x23')
