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
  readonly hearing?: Hearing
}

/** Who is told how looking goes. */
export interface Hearing {
  /** A look failed. Whoever throws its error on ends the following; else there is another look after the usual while. */
  unheard(error: unknown): void
  heard(): void
}

const strict: Hearing = {
  unheard(error) {
    throw error
  },
  heard() {},
}

/**
 * The entries of a run that is driven elsewhere, as they come to its home; one small request each `poll`. Ends after
 * `closed`, and when the signal aborts.
 */
export async function* followHome(kept: FollowingHome): AsyncGenerator<Entry> {
  const { cluster, namespace, run, clock, signal, poll = 2 * second, hearing = strict } = kept
  /** Looks until there is an answer; `null` also when the signal aborts before. */
  const answerTo = async <T>(ask: () => Promise<T>): Promise<T | null> => {
    for (;;) {
      try {
        const answer = await ask()
        hearing.heard()
        return answer
      } catch (error) {
        hearing.unheard(error)
      }
      await clock.sleep(poll, signal)
      if (signal.aborted) return null
    }
  }
  const copy = await answerTo(() => readHome(kept, { signal }))
  if (copy === null) return
  const entries = [...copy.entries]
  yield* entries
  let { number } = copy.standing
  let before = entries[entries.length - copy.standing.lines.length - 1]
  while (!signal.aborted && entries.at(-1)?.type !== 'closed') {
    await clock.sleep(poll, signal)
    if (signal.aborted) return
    const ref = segmentRef({ namespace, run, service: '' }, number)
    const object = await answerTo(() => cluster.get(ref, { signal }))
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
