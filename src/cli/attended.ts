import type { Entry } from '../core/journal.ts'
import { escapeText } from '../core/text.ts'
import type { Millis } from '../core/time.ts'
import type { RunFolder } from '../adapters/journal/folder.ts'
import { driverOf } from '../adapters/journal/lock.ts'

/** Who drives a run. */
export interface Driven {
  /** `null`: it can't be told from here, and its home was not asked. */
  readonly attended: boolean | null
  /** The driver, or the last one: `anna on ci-7, process 4711`; `null`: it is not known. */
  readonly who: string | null
  /** When it was heard of last, by its own clock: for people only. */
  readonly heard: Millis | null
}

export const nobody: Driven = { attended: false, who: null, heard: null }

/** As the journal tells, which was brought up to date when it took over. */
export function lastDriver(entries: readonly Entry[]): string | null {
  const last = entries.findLast((entry) => entry.type === 'opened' || entry.type === 'attached')
  if (!last) return null
  return `${last.by} on ${last.host}${last.type === 'attached' ? `, process ${last.pid}` : ''}`
}

/**
 * Whether a process of this machine drives the run now. `null`: one did that can't be seen from here, on another host or in
 * another container; its home may know more.
 */
export async function isAttended(folder: RunFolder): Promise<boolean | null> {
  const driver = await driverOf(folder)
  return driver === null ? false : driver.alive
}

/** For a run of which nobody can say it. */
export const notKnown = (run: string, { who }: Driven): string =>
  `not known whether anybody drives run ${run}: ${who === null ? 'its last driver' : escapeText(who)} can't be seen from here, and its home was not asked or did not answer\n`
