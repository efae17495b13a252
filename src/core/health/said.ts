const names: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const escaped = (mark: string): string => names[mark] ?? `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`

/**
 * Text from outside as one line for people: control and direction marks are escaped (a message must not steer a
 * terminal or a CI log) and no more than `most` characters are kept.
 */
export const said = (text: string | undefined, most = 300): string => oneLine((text ?? '').trim(), most)

/** The same for a line that was put together here: its indent stays. */
export function oneLine(text: string, most = 500): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)
  return line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`
}
