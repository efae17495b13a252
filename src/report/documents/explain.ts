import * as z from 'zod'
import { text, version } from './shared.ts'

const topic = z.strictObject({
  kind: z.enum(['word', 'key', 'error', 'exit']),
  name: text,
  means: text,
  facts: z.record(text, text).optional().describe('of a key: takes, default, example'),
  todo: z.array(text).optional().describe('in the order of trying'),
  see: z.array(text).optional(),
})

const origin = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('flag'), name: text }),
  z.strictObject({ from: z.literal('variable'), name: text, said: text }),
  z.strictObject({ from: z.literal('file'), place: text }),
  z.strictObject({ from: z.literal('only'), place: text }),
  z.strictObject({ from: z.literal('default') }),
])

/** `explain`: its topics, the names of all of them, or the configuration. */
export const Explained = z.union([
  z.strictObject({ v: version, topics: z.array(topic) }),
  z.strictObject({ v: version, names: z.array(text) }),
  z.strictObject({
    v: version,
    file: text,
    settings: z.array(z.strictObject({ key: text, text, origin })),
    warnings: z.array(text),
  }),
])

/** `init`: what was found and written. */
export const Initialised = z.looseObject({ v: version, file: text, deployment: text, namespace: text, image: text })
