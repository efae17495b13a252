import { hint } from '../config/nearest.ts'
import { DeployError } from '../core/errors.ts'

/** Throws for the first of `words` that is none of `choice`. */
export function known(option: string, words: readonly string[], choice: readonly string[]): void {
  const other = words.find((word) => !choice.includes(word))
  if (other === undefined) return
  throw new DeployError({
    code: 'usage',
    what: `${option} ${other}: there is no such one`,
    remedy: hint(other, choice),
  })
}
