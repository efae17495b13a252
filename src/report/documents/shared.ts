import * as z from 'zod'

export const text = z.string()
export const version = z.literal(1).describe('version of this schema: fields are added, none changes its meaning')
export const because = text.describe('one line for people')

/** Which release it is about. */
export const released = {
  plan: text.describe('sha256 of the plan'),
  service: text,
  environment: text,
  strategy: text,
  from: text,
  version: text,
  image: text,
}

export const rate = z.number().min(0).max(1)
export const lasting = z.number().nullable().describe('seconds; null: never')
