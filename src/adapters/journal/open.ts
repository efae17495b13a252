import { mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DeployError } from '../../core/errors.ts'
import type { Plan } from '../../core/plan.ts'
import type { Journal } from '../../ports.ts'
import { onDisk, syncFolder, systemCode, writeNew } from './disk.ts'
import { type EvidenceWriter, evidenceWriter } from './evidence.ts'
import { folderOf, type RunFolder, type RunPlace, runsOf } from './folder.ts'
import { type Release, takeLock } from './lock.ts'
import { notFound, readEntries, readPlan, type StoredPlan } from './read.ts'
import { journalWriter } from './writer.ts'

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

/** Makes the folder of a new run. Throws `run-exists`, and `disk-*` when it can't be written; then nothing is left of it. */
export async function createRun({ root, run, plan }: RunPlace & { readonly plan: Plan }): Promise<OpenRun> {
  const folder = folderOf({ root, run })
  for (const path of [dirname(runsOf(root)), runsOf(root)]) await onDisk(path, () => ensureFolder(path))
  return onDisk(folder.path, async () => {
    await mkdir(folder.path, { mode: 0o700 }).catch((error: unknown) => {
      throw systemCode(error) === 'EEXIST' ? exists(folder) : error
    })
    try {
      await fill(folder, plan)
      await syncFolder(runsOf(root))
      return await driven(folder)
    } catch (error) {
      await rm(folder.path, { recursive: true, force: true })
      throw error
    }
  })
}

/** Attaches to a run. Throws `run-not-found`, `journal-locked` (exit 8), and what reading it throws. */
export async function openRun(place: RunPlace): Promise<OpenRun> {
  const folder = folderOf(place)
  return onDisk(folder.path, () => driven(folder))
}

/** Not `recursive`, with which Node says ENOENT of a disk that is read-only. */
const ensureFolder = (path: string): Promise<void> =>
  mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error
  })

async function fill(folder: RunFolder, plan: Plan): Promise<void> {
  await mkdir(folder.drivers, { mode: 0o700 })
  await mkdir(folder.evidence, { mode: 0o700 })
  await writeNew(folder.plan, `${JSON.stringify(plan, null, 2)}\n`)
  await writeNew(folder.journal, '')
  await syncFolder(folder.path)
}

/** The lock comes first: until then the last line may be one that another driver is just writing. */
async function driven(folder: RunFolder): Promise<OpenRun> {
  const release = await takeLock(folder).catch((error: unknown) => {
    throw systemCode(error) === 'ENOENT' ? notFound(folder, error) : error
  })
  try {
    return await opened(folder, release)
  } catch (error) {
    await release()
    throw error
  }
}

async function opened(folder: RunFolder, release: Release): Promise<OpenRun> {
  const stored = await readPlan(folder)
  const { entries, whole, torn } = await readEntries(folder, stored.planHash)
  const epoch = (entries.at(-1)?.epoch ?? 0) + 1
  const file = await open(folder.journal, 'r+')
  try {
    if (torn > 0) {
      await file.truncate(whole)
      await file.sync()
    }
  } catch (error) {
    await file.close()
    throw error
  }
  const journal = journalWriter({ ...stored, file, path: folder.journal, epoch, entries, size: whole, release })
  return { ...stored, folder, epoch, journal, evidence: evidenceWriter(folder), dropped: torn }
}

const exists = (folder: RunFolder): DeployError =>
  new DeployError({
    code: 'run-exists',
    what: `run ${folder.run} exists: ${folder.path}`,
    remedy: 'start the release again: every run gets an id of its own',
    exit: 'locked',
  })
