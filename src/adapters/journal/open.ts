import { mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DeployError } from '../../core/errors.ts'
import type { Entry } from '../../core/journal.ts'
import type { Plan } from '../../core/plan.ts'
import type { Journal } from '../../ports.ts'
import { lineOf } from './chain.ts'
import { ensureFolder, onDisk, syncFolder, systemCode, writeNew } from './disk.ts'
import { type EvidenceWriter, evidenceWriter } from './evidence.ts'
import { folderOf, type RunFolder, type RunPlace, runsOf } from './folder.ts'
import { hashOf } from './hash.ts'
import { type Release, takeLock } from './lock.ts'
import { notFound, readEntries, readPlan, type StoredPlan } from './read.ts'
import { journalWriter, writeAll } from './writer.ts'

/** A run that this process drives: nobody else writes its journal until that is disposed of. */
export interface OpenRun extends StoredPlan {
  readonly folder: RunFolder
  /** Of this driver: one more than the last that wrote an entry. */
  readonly epoch: number
  readonly journal: Journal
  readonly evidence: EvidenceWriter
  /** Bytes of a last entry that a crash cut off. It had not been acknowledged; they are gone now. */
  readonly dropped: number
}

export interface Attaching extends RunPlace {
  /** What another copy of the journal holds: what this one lacks is added to it. */
  readonly known?: readonly Entry[]
  /** Of this driver, where it is known; never one that an earlier driver had. */
  readonly epoch?: number
  /** Whether somebody outside of the cluster vouches for the plan; not said: nothing changes about it. */
  readonly isProved?: boolean
  /** Whether this process has all Leases of the run. */
  readonly hasLeases?: boolean
}

/** Makes the folder of a run. Throws `run-exists`, and `disk-*` when it can't be written; then nothing is left of it. */
export async function createRun({ plan, ...place }: Attaching & { readonly plan: Plan }): Promise<OpenRun> {
  const { root } = place
  const folder = folderOf(place)
  for (const path of [dirname(runsOf(root)), runsOf(root)]) await onDisk(path, () => ensureFolder(path))
  return onDisk(folder.path, async () => {
    await mkdir(folder.path, { mode: 0o700 }).catch((error: unknown) => {
      throw systemCode(error) === 'EEXIST' ? exists(folder) : error
    })
    try {
      await fill(folder, plan, place.isProved ?? true)
      await syncFolder(runsOf(root))
      return await driven(folder, place)
    } catch (error) {
      await rm(folder.path, { recursive: true, force: true })
      throw error
    }
  })
}

/** Attaches to a run. Throws `run-not-found`, `journal-locked` (exit 8), `journal-forked`, and what reading it throws. */
export async function openRun(place: Attaching): Promise<OpenRun> {
  const folder = folderOf(place)
  return onDisk(folder.path, () => driven(folder, place))
}

/** A run that was never begun leaves no folder. */
export const discardRun = ({ path }: RunFolder): Promise<void> => rm(path, { recursive: true, force: true })

async function fill(folder: RunFolder, plan: Plan, isProved: boolean): Promise<void> {
  await mkdir(folder.drivers, { mode: 0o700 })
  await mkdir(folder.evidence, { mode: 0o700 })
  if (!isProved) await writeNew(folder.unproved, '')
  await writeNew(folder.plan, `${JSON.stringify(plan, null, 2)}\n`)
  await writeNew(folder.journal, '')
  await syncFolder(folder.path)
}

/** The lock comes first: until then the last line may be one that another driver is just writing. */
async function driven(folder: RunFolder, place: Attaching): Promise<OpenRun> {
  const release = await takeLock(folder, place).catch((error: unknown) => {
    throw systemCode(error) === 'ENOENT' ? notFound(folder, error) : error
  })
  try {
    return await opened(folder, release, place)
  } catch (error) {
    await release()
    throw error
  }
}

async function opened(
  folder: RunFolder,
  release: Release,
  { known = [], epoch: atLeast = 1, isProved }: Attaching,
): Promise<OpenRun> {
  const stored = await readPlan(folder)
  const { entries, whole, torn } = await readEntries(folder, stored.planHash)
  const missing = lacking(entries, known, folder, stored.planHash)
  const added = Buffer.from(missing.map(lineOf).join(''))
  const file = await open(folder.journal, 'r+')
  try {
    if (torn > 0) await file.truncate(whole)
    if (added.length > 0) await writeAll(file, added, whole)
    if (torn + added.length > 0) await file.sync()
  } catch (error) {
    await file.close()
    throw error
  }
  if (isProved) await rm(folder.unproved, { force: true })
  entries.push(...missing)
  const epoch = Math.max(atLeast, (entries.at(-1)?.epoch ?? 0) + 1)
  const size = whole + added.length
  const journal = journalWriter({ ...stored, file, path: folder.journal, epoch, entries, size, release })
  return { ...stored, folder, epoch, journal, evidence: evidenceWriter(folder), dropped: torn }
}

/** What the other copy has more; nothing when this one is the longer. Neither may say something else than the other. */
function lacking(
  entries: readonly Entry[],
  known: readonly Entry[],
  folder: RunFolder,
  planHash: string,
): readonly Entry[] {
  const common = Math.min(entries.length, known.length)
  const hashAt = (copy: readonly Entry[]): string | null => {
    const entry = copy[common - 1]
    return entry ? hashOf(entry) : null
  }
  if (hashAt(entries) !== hashAt(known)) throw forked(folder, planHash)
  return known.slice(common)
}

const forked = ({ run, path }: RunFolder, planHash: string): DeployError =>
  new DeployError({
    code: 'journal-forked',
    what: `the journal of run ${run} in ${path} and the one in the cluster say different things`,
    why: 'another machine went on with the run before it had seen the last lines that were written here',
    remedy: `keep this folder as evidence, and go on with what the cluster has: mv ${path} ${path}.forked; then deploy abort ${run} --plan-hash ${planHash} (back), or the same with resume (forward)`,
    exit: 'refused',
  })

const exists = (folder: RunFolder): DeployError =>
  new DeployError({
    code: 'run-exists',
    what: `run ${folder.run} exists: ${folder.path}`,
    remedy: 'start the release again: every run gets an id of its own',
    exit: 'locked',
  })
