import type { RunFolder } from '../adapters/journal/folder.ts'
import { driverOf } from '../adapters/journal/lock.ts'
import { isAlive } from '../adapters/journal/process-identity.ts'

/** Whether a process of this machine drives the run now. One of another machine can't be seen from here: then it counts as driven. */
export async function isAttended(folder: RunFolder): Promise<boolean> {
  const driver = await driverOf(folder)
  return driver !== null && (await isAlive(driver)) !== false
}
