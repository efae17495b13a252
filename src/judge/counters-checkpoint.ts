import * as z from 'zod'
import { jsonIn } from '../core/json.ts'
import type { CounterMemory } from './counters.ts'

const Checkpoint = z.strictObject({
  v: z.literal(1),
  last: z.array(z.tuple([z.string(), z.number(), z.number().nonnegative()])),
  read: z.array(z.string()),
  restarts: z.array(z.tuple([z.string(), z.int().nonnegative()])),
})

/**
 * For a file. Without it a driver that resumes would count all that the new pods ever answered a second time, and nothing
 * that stable answered while nobody looked; with it the gap is one long batch of both.
 */
export const countersWritten = ({ last, read, restarts }: CounterMemory): string =>
  JSON.stringify({
    v: 1,
    last: [...last].map(([key, [at, value]]) => [key, at, value]),
    read: [...read],
    restarts: [...restarts],
  })

/** `null`: it is not what was written. */
export function countersRead(text: string): CounterMemory | null {
  const { data } = Checkpoint.safeParse(jsonIn(text))
  return data
    ? {
        last: new Map(data.last.map(([key, at, counted]) => [key, [at, counted]])),
        read: new Set(data.read),
        restarts: new Map(data.restarts),
        doubted: new Map(),
        rises: new Map(),
      }
    : null
}
