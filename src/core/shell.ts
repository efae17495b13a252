/** As one word of a shell (bash, zsh), quoted only where it has to be; nothing in it moves a cursor. */
export function shellWord(text: string): string {
  if (/^[\w./:=@%+,-]+$/.test(text)) return text
  const quoted = text.replaceAll("'", "'\\''")
  if (!unprintable.test(text)) return `'${quoted}'`
  const escaped = text.replace(/[\\']/g, '\\$&').replace(new RegExp(unprintable, 'gu'), escape)
  return `$'${escaped}'`
}

const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

const escape = (character: string): string => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`
