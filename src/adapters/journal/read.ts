import { readFile } from 'node:fs/promises'
import { DeployError } from '../../core/errors.ts'
import type { Entry } from '../../core/journal.ts'
import type { Plan } from '../../core/plan.ts'
import { chainReader } from './chain.ts'
import { onDisk, systemCode } from './disk.ts'
import { folderOf, type RunFolder, type RunPlace } from './folder.ts'
import { planHash } from './hash.ts'
import { linesOf } from './lines.ts'
import { type Driver, driverOf } from './lock.ts'

/** A run as it stands on this machine. */
export interface RunRecord extends StoredPlan {
  readonly folder: RunFolder
  readonly entries: readonly Entry[]
  readonly driver: Driver | null
}

export interface StoredPlan {
  /** Once there are entries: the very plan that the run was begun with. Before, whatever plan.json holds. */
  readonly plan: Plan
  readonly planHash: string
}

/** Reads a run, and writes nothing: it may be driven meanwhile. Throws `run-not-found` and what `chainReader` throws. */
export async function readRun(place: RunPlace): Promise<RunRecord> {
  const folder = folderOf(place)
  const stored = await readPlan(folder)
  const { entries } = await readEntries(folder, stored.planHash)
  return { folder, ...stored, entries, driver: await onDisk(folder.drivers, () => driverOf(folder)) }
}

export async function readPlan(folder: RunFolder): Promise<StoredPlan> {
  const text = await readOf(folder, folder.plan)
  try {
    const plan = JSON.parse(text.toString()) as Plan
    return { plan, planHash: planHash(plan) }
  } catch (cause) {
    throw new DeployError({
      code: 'journal-plan',
      what: `${folder.plan} is not JSON`,
      why: 'without its plan nobody knows what the steps of a run are',
      remedy: `put the plan of run ${folder.run} back in its place`,
      exit: 'refused',
      cause,
    })
  }
}

/** The entries, the bytes that they take, and the bytes after them: a write that never finished, or has not yet. */
export async function readEntries(
  folder: RunFolder,
  planHash: string,
): Promise<{ entries: Entry[]; whole: number; torn: number }> {
  const bytes = await readOf(folder, folder.journal)
  const { lines, whole } = linesOf(bytes)
  return { entries: lines.map(chainReader(folder, planHash)), whole, torn: bytes.length - whole }
}

const readOf = (folder: RunFolder, file: string): Promise<Buffer> =>
  onDisk(file, () => readFile(file)).catch((error: unknown) => {
    throw systemCode(error) === 'ENOENT' ? notFound(folder, error) : error
  })

export const notFound = (folder: RunFolder, cause: unknown): DeployError =>
  new DeployError({
    code: 'run-not-found',
    what: `there is no run ${folder.run} in ${folder.path}`,
    remedy: 'see which runs there are: deploy list',
    cause,
  })
