import * as z from 'zod'
import { text, version } from './shared.ts'

/** What every command ends with that fails before there is anything else to say. */
export const ErrorResult = z.strictObject({
  v: version,
  exit: z.int(),
  error: z.strictObject({
    code: text.describe('stable; deploy explain CODE says more'),
    what: text,
    why: text.optional(),
    remedy: text.optional(),
  }),
})
export type ErrorResult = z.infer<typeof ErrorResult>
