import type { EvidenceWriter } from '../adapters/journal/evidence.ts'
import { messageOf } from '../core/errors.ts'
import type { Entry } from '../core/journal.ts'

/**
 * Where logs and output of hooks go: whole into a file of the operator's own, and with their end onto their screen. The
 * journal, which others can read in the cluster, only has the file and its hash.
 */
export interface Aside {
  /** Returns what the journal may say of it: `PATH sha256 HASH`. */
  keep(text: AsideText): Promise<string>
  /** The entry as it is shown here: with what it names of these below it. */
  shown(entry: Entry): Entry
}

export interface AsideText {
  /** Of the file. */
  readonly name: string
  readonly whole: readonly string[]
  /** Each of them marked, so that none starts with a word of its author's choosing. */
  readonly shown: readonly string[]
}

export function asideOf(evidence: EvidenceWriter): Aside {
  const told = new Map<string, readonly string[]>()
  return {
    async keep({ name, whole, shown }) {
      const place = await evidence(name, `${whole.join('\n')}\n`).then(
        ({ path, sha256 }) => `${path} sha256 ${sha256}`,
        (error: unknown) => `not kept (${messageOf(error)})`,
      )
      told.set(place, shown)
      return place
    },
    shown(entry) {
      if (entry.type !== 'judged') return entry
      const texts = [entry.because, ...(entry.evidence ?? [])]
      const below = [...told].flatMap(([place, lines]) => (texts.some((text) => text.includes(place)) ? lines : []))
      return below.length === 0 ? entry : { ...entry, evidence: [...(entry.evidence ?? []), ...below] }
    },
  }
}
