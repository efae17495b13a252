import type { Millis } from './time.ts'

/** Of an HTTP answer, by their names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** The first of that name; empty where there is none. */
export const headerOf = (headers: Headers, name: string): string => [headers[name] ?? ''].flat()[0] ?? ''

/** What the clock of the server says, to the second; `null` where it does not say. */
export function dateOf(headers: Headers): Millis | null {
  const date = Date.parse(headerOf(headers, 'date'))
  return Number.isNaN(date) ? null : date
}
