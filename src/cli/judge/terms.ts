import { type Terms, usualTerms } from '../../judge/compared/terms.ts'
import { chanceOf } from './numbers.ts'

/** The usual terms, or others, and what the command line says of them. */
export const termsOf = (
  { alpha, early }: { readonly alpha?: string; readonly early?: boolean },
  terms: Terms = usualTerms,
): Terms => ({
  ...terms,
  ...(alpha !== undefined && { alpha: chanceOf('--alpha', alpha, { least: 1e-6, most: 0.2 }, '0.01') }),
  ...(early !== undefined && { early }),
})
