import { open, readdir } from 'node:fs/promises'
import { DeployError } from '../../core/errors.ts'
import type { Entry } from '../../core/journal.ts'
import { isRunId } from '../../core/run-id.ts'
import { entryIn } from './chain.ts'
import { onDisk, systemCode } from './disk.ts'
import { folderOf, type RunFolder, runsOf } from './folder.ts'
import { linesOf } from './lines.ts'
import { type Driver, driverOf } from './lock.ts'

export interface RunSummary {
  readonly run: string
  readonly first: Entry | null
  readonly last: Entry | null
  readonly driver: Driver | null
  /** Why the rest could not be read. One bad run does not hide the others. */
  readonly problem?: DeployError
}

/** The runs of this folder, newest first. Cheap: two reads a run, no chain is checked. */
export async function listRuns(root: string): Promise<RunSummary[]> {
  const names = await onDisk(runsOf(root), () => readdir(runsOf(root))).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  })
  const runs = await Promise.all(names.filter(isRunId).map((run) => summary(folderOf({ root, run }))))
  return runs.sort((a, b) => (b.first?.at ?? 0) - (a.first?.at ?? 0) || a.run.localeCompare(b.run))
}

async function summary(folder: RunFolder): Promise<RunSummary> {
  try {
    const [ends, driver] = await onDisk(folder.path, () => Promise.all([endsOf(folder.journal), driverOf(folder)]))
    return { run: folder.run, ...ends, driver }
  } catch (error) {
    return { run: folder.run, first: null, last: null, driver: null, problem: problemOf(error, folder) }
  }
}

async function endsOf(journal: string): Promise<{ first: Entry | null; last: Entry | null }> {
  await using file = await open(journal, 'r')
  const { size } = await file.stat()
  for (let length = 64 * 1024; ; length *= 8) {
    const head = linesOf(await part(0, length)).lines
    const tail = linesOf(await part(Math.max(0, size - length), length)).lines
    // The first line of a tail is the end of some line, unless the tail is all there is.
    const [first, last] = [head[0], size <= length ? tail.at(-1) : tail.slice(1).at(-1)]
    if (first !== undefined && last !== undefined) {
      return { first: entryIn(first, `${journal}:1`), last: entryIn(last, `${journal}, last line`) }
    }
    if (size <= length) return { first: null, last: null }
  }

  async function part(position: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.min(length, size)),
      0,
      Math.min(length, size),
      position,
    )
    return buffer.subarray(0, bytesRead)
  }
}

const problemOf = (error: unknown, folder: RunFolder): DeployError =>
  error instanceof DeployError
    ? error
    : new DeployError({
        code: 'run-unreadable',
        what: `run ${folder.run} can't be read: ${folder.path}`,
        why: 'it was cut off while it was made, or someone changed the folder',
        remedy: 'look into that folder; without a journal.ndjson nothing was done to the cluster',
        cause: error,
      })
