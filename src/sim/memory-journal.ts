import type { Entry, Fact } from '../core/journal.ts'
import { hashOf } from '../core/hash.ts'
import type { Millis } from '../core/time.ts'
import type { Journal } from '../ports.ts'

/** The file: what is in it outlives drivers. */
export interface Paper {
  readonly entries: Entry[]
}

/**
 * A journal that a new driver has opened; `mortal` may throw before or after a write, as a kill would. `epoch` is the
 * driver's, where something else than the paper says it.
 */
export function openJournal(
  paper: Paper,
  planHash: string,
  mortal: (when: string) => void = () => {},
  epoch = (paper.entries.at(-1)?.epoch ?? 0) + 1,
): Journal {
  return {
    get entries() {
      return [...paper.entries]
    },
    async append(facts: readonly Fact[], at: Millis) {
      mortal('before append')
      const added: Entry[] = []
      for (const fact of facts) {
        const last = paper.entries.at(-1)
        const entry: Entry = {
          ...fact,
          seq: paper.entries.length + 1,
          at,
          epoch,
          prev: last ? hashOf(last) : planHash,
        }
        paper.entries.push(entry)
        added.push(entry)
      }
      mortal('after append')
      return added
    },
    shared: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }
}
