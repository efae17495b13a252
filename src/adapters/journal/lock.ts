import { randomUUID } from 'node:crypto'
import { link, readdir, readFile, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DeployError } from '../../core/errors.ts'
import { systemCode } from './disk.ts'
import type { RunFolder } from './folder.ts'
import { isAlive, type ProcessIdentity, thisProcess } from './process-identity.ts'

/** Who drives a run, by its folder. */
export interface Driver extends ProcessIdentity {
  /** `null`: it can't be told from here (another host or container). */
  readonly alive: boolean | null
}

export type Release = () => Promise<void>

interface Taking {
  /**
   * Whoever has all Leases of the run drives it: a driver on another host or in another container, of which nobody can say
   * from here whether it lives, drives no more.
   */
  readonly hasLeases?: boolean
}

/**
 * Makes this process the only one that writes the run's journal. Throws `journal-locked` while another one lives, or may.
 *
 * The drivers of a run are the files 1, 2, 3, … in a folder; the last one has the lock. A file appears whole (by link),
 * is emptied when its driver leaves, and is never taken away while anyone may look: so number n + 1 is made only by one
 * who saw n gone, and by only one. To remove a stale lock and make a new one would leave a gap for two to slip through.
 */
export async function takeLock(
  { drivers, run }: Pick<RunFolder, 'drivers' | 'run'>,
  { hasLeases = false }: Taking = {},
): Promise<Release> {
  const draft = join(drivers, `.${randomUUID()}`)
  await writeFile(draft, JSON.stringify(await thisProcess()), { flag: 'wx', mode: 0o600 })
  try {
    for (;;) {
      const last = await lastDriver(drivers)
      if (last.driver !== null && mayDrive(last.driver, hasLeases))
        throw locked(run, last.driver, join(drivers, `${last.number}`))
      const mine = join(drivers, `${last.number + 1}`)
      if (await linked(draft, mine)) return () => leave(mine)
    }
  } finally {
    await unlink(draft)
  }
}

const mayDrive = ({ alive }: Driver, hasLeases: boolean): boolean => alive ?? !hasLeases

/** The last driver: `null` when it has left (or none ever came), `alive: false` when it died. */
export const driverOf = async (folder: Pick<RunFolder, 'drivers'>): Promise<Driver | null> =>
  (await lastDriver(folder.drivers)).driver

async function lastDriver(drivers: string): Promise<{ number: number; driver: Driver | null }> {
  const numbers = (await readdir(drivers)).filter((name) => /^\d+$/.test(name)).map(Number)
  const number = Math.max(0, ...numbers)
  const who = number === 0 ? null : identityIn(await readFile(join(drivers, `${number}`), 'utf8'))
  return { number, driver: who && { ...who, alive: await isAlive(who) } }
}

/** Unreadable is as good as empty: a file appears whole, so only a power cut can have done this. */
function identityIn(text: string): ProcessIdentity | null {
  try {
    const { pid, start, host, boot, namespace } = JSON.parse(text) as ProcessIdentity
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, start, host, boot, namespace } : null
  } catch {
    return null
  }
}

/** Whether the name was free. */
async function linked(draft: string, name: string): Promise<boolean> {
  try {
    await link(draft, name)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Emptying works on a full disk too. A run's folder that somebody removed needs no lock. */
const leave = (mine: string): Promise<void> =>
  truncate(mine, 0).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error
  })

const locked = (run: string, driver: Driver, file: string): DeployError =>
  new DeployError({
    code: 'journal-locked',
    what: `run ${run} is driven by process ${driver.pid} on ${driver.host}`,
    why: 'two drivers of one run would undo what the other does',
    remedy:
      driver.alive === null
        ? `look on ${driver.host}; when that process is surely gone: truncate -s 0 ${file}`
        : `see what it does: deploy watch ${run}`,
    exit: 'locked',
  })
