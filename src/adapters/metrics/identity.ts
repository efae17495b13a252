import type { Labels } from '../../core/matchers.ts'
import { cut, escapeText } from '../../core/text.ts'

/** The same text for the same series, whatever order its labels come in. */
export const idOf = (name: string, labels: Labels): string =>
  `${name}{${Object.keys(labels)
    .sort()
    .map((label) => `${label}=${JSON.stringify(labels[label])}`)
    .join(',')}}`

/** What tells one series from another, for people. */
export const difference = (labels: Labels, other: Labels): string => {
  const names = Object.keys({ ...labels, ...other }).filter((name) => labels[name] !== other[name])
  return cut(escapeText(`{${names.map((name) => `${name}=${JSON.stringify(labels[name] ?? '')}`).join(',')}}`), 100)
}
