import { minute, second } from '../../../src/core/time.ts'
import type { Counts } from '../../../src/judge/counters.ts'
import type { Seen } from '../../../src/judge/policies/windows.ts'

const side = (requests: number, bad: number): Counts => ({ requests, bad, buckets: new Map() })

/** Minute by minute, in polls of 15 s; of each side how many of 1000 requests failed. `null`: no series. */
export const minutes = (
  fresh: readonly (number | null | 'idle')[],
  stable: readonly (number | null)[] = fresh.map(() => 1),
): readonly Seen[] =>
  fresh.flatMap((bad, at) =>
    [15, 30, 45, 60].map((past) => ({
      at: at * minute + past * second,
      fresh: bad === null ? null : bad === 'idle' ? side(0, 0) : side(250, past === 60 ? bad : 0),
      stable: stable[at] == null ? null : side(250, past === 60 ? stable[at] : 0),
    })),
  )

export const repeated = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
