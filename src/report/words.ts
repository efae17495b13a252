import type { Millis } from '../core/time.ts'

/** `1 pod`, `3 pods`. */
export const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

/** At most `most` of them, and how many are left out. */
export const some = (words: readonly string[], most: number): string =>
  words.length <= most ? words.join(', ') : `${words.slice(0, most).join(', ')} and ${words.length - most} more`

const two = (number: number): string => String(number).padStart(2, '0')

/** The time of day where the reader is: `12:06:41`. */
export function timeOfDay(at: Millis): string {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** UTC to the second: `2026-01-02T12:06:41Z`, the same for all readers of a log. */
export const utc = (at: Millis): string => `${new Date(at).toISOString().slice(0, 19)}Z`

/** The first characters of a hash, enough to tell two apart by eye. */
export const short = (hash: string): string => (hash.length > 14 ? `${hash.slice(0, 12)}…` : hash)

/** `sha256:41c2f1f1…` of an image reference; `null` when it has no digest. */
export function digestOf(image: string): string | null {
  const digest = /@(sha256:[0-9a-f]{12})/.exec(image)?.[1]
  return digest === undefined ? null : `${digest}…`
}

/** What two references have in common is said once: `ghcr.io/acme/web:v1.2.2 → v1.2.3`. */
export function imageChange(from: string, to: string): string {
  const [a, b] = [withoutDigest(from), withoutDigest(to)]
  const colon = b.lastIndexOf(':')
  const tag = colon > b.lastIndexOf('/') && a.startsWith(b.slice(0, colon + 1)) ? b.slice(colon + 1) : b
  return a === b ? `${a}, another digest` : `${a} → ${tag}`
}

const withoutDigest = (image: string): string => image.replace(/@sha256:[0-9a-f]+$/, '')
