import * as z from 'zod'
import { says } from '../core/shown.ts'

/** What the design has and this version has not: refused where it stands, never ignored. */
export const notYet = (what: string, instead?: string): string =>
  says(`not yet: ${what} arrives later`, instead === undefined ? 'remove it' : `remove it or ${instead}`)

/** A key that is known and refused. In the JSON schema it matches nothing, so editors mark it too. */
export const later = (what: string, meaning: string, instead?: string) =>
  z
    .never({ error: () => notYet(what, instead) })
    .optional()
    .meta({ description: `Not yet: ${meaning}`, deprecated: true })
