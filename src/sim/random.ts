/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number
  between(least: number, most: number): number
  /** So many letters and digits of those that Kubernetes uses in generated names. */
  word(length: number): string
  uuid(): string
}

// No vowels, so no words (Kubernetes apimachinery/pkg/util/rand).
const letters = 'bcdfghjklmnpqrstvwxz2456789'

/** The generator mulberry32: small, fast, and good enough for delays and names. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const hex = (length: number): string => Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join('')
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    word: (length) => Array.from({ length }, () => letters[Math.floor(next() * letters.length)]).join(''),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
  }
}

/** A number that belongs to a text: the same in every run, between 0 and 1. For jitter that a pure rule needs. */
export function fraction(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return randomOf(hash).next()
}

/** A text as `length` of those letters, for names that follow from what they name. */
export function wordOf(text: string, length: number): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return randomOf(hash).word(length)
}
