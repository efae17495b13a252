import { type Millis, second } from '../../../core/time.ts'
import type { Clock, Note, Notebook } from '../../../ports.ts'
import { type HomeNotes, noHomeNotes } from './home.ts'
import { readNote, writeNote } from './local.ts'

export interface Keeping {
  /** Of the notes, in the folder of the run. */
  readonly folder: string
  readonly clock: Clock
  /** What other machines can go on with; without it nothing is kept but here. */
  readonly home?: HomeNotes
  /** Told of what can't be kept, once for each place: the run goes on. */
  readonly warn: (what: string, error: unknown) => void
}

/** How old what is kept of a unit may be: what was counted since is one long batch for the next driver. */
const every: Millis = 15 * second

/** Disposing of it writes down the newest of each unit, as far as the disk and the cluster take it. */
export interface KeptNotebook extends Notebook, AsyncDisposable {}

/**
 * What the judge knows and where counters stand, in one file for each unit: together, for evidence beside other counters
 * would count requests twice. Written behind the polls, one after the other.
 */
export function notebook({ folder, clock, home = noHomeNotes, warn }: Keeping): KeptNotebook {
  /** What is newer than its file. */
  const newest = new Map<string, () => Note>()
  const written = new Map<string, Millis>()
  const due = new Set<string>()
  const judges = new Map<string, string>()
  let isWarned = false
  let working: Promise<void> | null = null

  async function work(): Promise<void> {
    // Whoever polls does not wait for the note to be made, either.
    await Promise.resolve()
    for (const unit of due) {
      due.delete(unit)
      await write(unit)
    }
    working = null
    home.keep(judges)
  }

  async function write(unit: string): Promise<void> {
    const make = newest.get(unit)
    newest.delete(unit)
    if (!make) return
    try {
      const note = make()
      if (note.judge !== null) judges.set(unit, note.judge)
      await writeNote(folder, unit, note)
    } catch (error) {
      if (!isWarned) warn(`what the judge knows can't be kept in ${folder}`, error)
      isWarned = true
    }
  }

  return {
    async read(unit) {
      const here = await readNote(folder, unit)
      if (here?.judge) return here
      const judge = await home.read(unit)
      return judge === null ? here : { judge, counters: null }
    },
    keep(unit, note) {
      newest.set(unit, note)
      const now = clock.now()
      const since = now - (written.get(unit) ?? Number.NEGATIVE_INFINITY)
      // A clock that went back says nothing of how long ago that was.
      if (since >= 0 && since < every) return
      written.set(unit, now)
      due.add(unit)
      working ??= work()
    },
    async [Symbol.asyncDispose]() {
      for (const unit of newest.keys()) due.add(unit)
      working ??= work()
      await working
      await home.finish(judges)
    },
  }
}
