import type { Entry } from '../../../core/journal.ts'
import { type Millis, second } from '../../../core/time.ts'
import type { Clock } from '../../../ports.ts'
import { segmentRef } from './names.ts'
import { type Kept, readHome } from './read.ts'
import { entriesIn, standingOf } from './segment.ts'

export interface FollowingHome extends Kept {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly poll?: Millis
}

/**
 * The entries of a run that is driven elsewhere, as they come to its home; one small request each `poll`. Ends after
 * `closed`, and when the signal aborts.
 */
export async function* followHome(kept: FollowingHome): AsyncGenerator<Entry> {
  const { cluster, namespace, run, clock, signal, poll = 2 * second } = kept
  const copy = await readHome(kept, { signal })
  if (copy === null) return
  const entries = [...copy.entries]
  yield* entries
  let { number } = copy.standing
  let before = entries[entries.length - copy.standing.lines.length - 1]
  while (!signal.aborted && entries.at(-1)?.type !== 'closed') {
    await clock.sleep(poll, signal)
    if (signal.aborted) return
    const ref = segmentRef({ namespace, run, service: '' }, number)
    const object = await cluster.get(ref, { signal })
    if (object === null) continue
    const where = { name: ref.name, namespace, cluster: cluster.name }
    const standing = standingOf(object, number, where)
    for (const entry of entriesIn(standing, before, copy.planHash, where)) {
      if (entry.seq <= entries.length) continue
      entries.push(entry)
      yield entry
    }
    if (!standing.sealed) continue
    number += 1
    before = entries.at(-1)
  }
}
