import { createHash } from 'node:crypto'
import { type Html, html, verbatim } from './html.ts'

/** A style or a script, and its sha256 as base64: a page runs nothing else. */
export interface Asset {
  readonly text: string
  readonly sha256: string
}

export const assetOf = (text: string): Asset => ({ text, sha256: createHash('sha256').update(text).digest('base64') })

export interface Page {
  readonly title: string
  /** The small line above the heading. */
  readonly kicker: string
  readonly header: Html
  readonly main: Html
  /** After all that is read: data and scripts. */
  readonly end?: Html
  readonly styles: readonly Asset[]
  /** Those that may run; absent: none may. */
  readonly scripts?: readonly Asset[]
}

/** One HTML file that needs nothing else: nothing is fetched or sent, and only what is named by its hash is run. */
export function pageOf({ title, kicker, header, main, end, styles, scripts }: Page): string {
  return `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(styles, scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${styles.map(({ text }) => html`<style>${verbatim(text)}</style>`)}
</head>
<body>
<header>
<p class="kicker">${kicker}</p>
${header}
</header>
<main>
${main}
</main>${end ?? null}
</body>
</html>`.markup
  }\n`
}

function policyOf(styles: readonly Asset[], scripts: readonly Asset[] | undefined): string {
  const hashes = (all: readonly Asset[]): string => all.map(({ sha256 }) => `'sha256-${sha256}'`).join(' ')
  const running = scripts ? ` script-src ${hashes(scripts)};` : ''
  return `default-src 'none'; style-src ${hashes(styles)};${running} base-uri 'none'; form-action 'none'`
}
