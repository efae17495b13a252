import { escapeText } from '../../core/text.ts'

/** Markup. Made by `html` alone, so that no text gets into a page without being escaped. */
export interface Html {
  readonly markup: string
}

type Part = Html | string | number | null | readonly Part[]

/** A template whose parts are escaped: texts as text, markup as it is, lists one after the other, `null` as nothing. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  markup: strings.reduce((all, string, index) => all + markupOf(parts[index - 1] ?? null) + string),
})

/** Text that is ours and is markup already: a style, a script. */
export const verbatim = (markup: string): Html => ({ markup })

function markupOf(part: Part): string {
  if (part === null) return ''
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return escaped(part)
  return 'markup' in part ? part.markup : part.map(markupOf).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => escapeText(text).replace(/[&<>"']/g, (character) => entities[character] ?? '')

/** Data in a script element: nothing in it can end the element, or begin another. */
export const jsonInPage = (value: unknown): Html =>
  verbatim(
    JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'),
  )
