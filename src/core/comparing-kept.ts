import * as z from 'zod'
import { checkpoint, restored } from '../judge/compared/checkpoint.ts'
import type { Compared } from './comparing.ts'

const Kept = z.strictObject({
  v: z.literal(1),
  began: z.number().nonnegative(),
  stage: z.strictObject({ id: z.string(), since: z.number().nonnegative() }).nullable(),
  missing: z.array(z.string()),
  judge: z.string(),
})

/** For a file. Where requests went is not in it: the soak begins anew for a driver that goes on, and so does that. */
export const comparedWritten = ({ judge, began, stage, missing }: Compared): string =>
  JSON.stringify({ v: 1, began, stage, missing, judge: checkpoint(judge) })

/** `null`: it is not what was written, and evidence begins anew. */
export function comparedRead(text: string): Compared | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const { data } = Kept.safeParse(value)
  const judge = data && restored(data.judge)
  if (!data || !judge || 'lost' in judge) return null
  return { judge: judge.state, began: data.began, stage: data.stage, missing: data.missing, share: null, trail: [] }
}
