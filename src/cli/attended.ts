import type { Entry } from '../core/journal.ts'
import type { Millis } from '../core/time.ts'
import type { RunFolder } from '../adapters/journal/folder.ts'
import { driverOf } from '../adapters/journal/lock.ts'
import { isAlive } from '../adapters/journal/process-identity.ts'

/** Who drives a run. */
export interface Driven {
  readonly attended: boolean
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

/** Whether a process of this machine drives the run now. One of another machine can't be seen from here: then it counts as driven. */
export async function isAttended(folder: RunFolder): Promise<boolean> {
  const driver = await driverOf(folder)
  return driver !== null && (await isAlive(driver)) !== false
}
