import type { Reading } from '../core/metrics.ts'
import { second, type Millis } from '../core/time.ts'
import { type Pods, trackOf } from './counters.ts'
import { ownerOf, type Sample } from './counters-memory.ts'

/** Who misses so many scrapes, and is silent for at least so long, is not waited for. */
const mostMissed = 2
const mostSilent: Millis = 10 * second

/**
 * Until when all of stable is known. A source that keeps samples scrapes each pod at a moment of its own: what
 * befalls all of them at once is seen of one before it is seen of the next. `null`: until now, for they were all read just
 * now, or nobody is left to wait for.
 */
export function stableKnownTo({ series }: Reading, pods: Pods, now: Millis): Millis | null {
  const ends = new Map<string, { readonly at: Millis; readonly apart: Millis }>()
  for (const one of series) {
    const [before, last] = one.samples.slice(-2) as [Sample?, Sample?]
    if (!before || !last || trackOf(one, pods) !== 'stable') continue
    const owner = ownerOf(one)
    if (last[0] > (ends.get(owner)?.at ?? 0)) ends.set(owner, { at: last[0], apart: last[0] - before[0] })
  }
  const awaited = [...ends.values()].filter(({ at, apart }) => now - at <= Math.max(mostSilent, mostMissed * apart))
  return awaited.length === 0 ? null : Math.min(...awaited.map(({ at }) => at))
}
