import * as z from 'zod'
import { text, version } from './shared.ts'

const finding = z.strictObject({
  answer: z.enum(['ok', 'warn', 'fail', 'skipped']),
  place: text.optional().describe('environment/cluster or service@environment/cluster'),
  what: text,
  remedy: text.optional(),
})

/** `doctor` */
export const DoctorResult = z.strictObject({
  v: version,
  answer: finding.shape.answer.describe('the worst one'),
  checks: z.array(z.strictObject({ name: text, asks: text, findings: z.array(finding) })),
})
export type DoctorResult = z.infer<typeof DoctorResult>
export type Finding = z.infer<typeof finding>
