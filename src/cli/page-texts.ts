import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { resolve } = createRequire(import.meta.url)
const textOf = (path: string): string => readFileSync(resolve(path), 'utf8')

/** What is inlined into pages. From source it is read; into the bundle rolldown.config.ts writes it, by these lines. */
export const pageTexts = {
  library: textOf('uplot/dist/uPlot.iife.min.js'),
  libraryStyle: textOf('uplot/dist/uPlot.min.css'),
  draw: textOf('../report/run-page/draw.js'),
  style: textOf('../report/run-page/page.css'),
}
