import { type FileHandle, open } from 'node:fs/promises'
import { DeployError } from '../../core/errors.ts'
import type { Entry } from '../../core/journal.ts'
import { type Millis, second } from '../../core/time.ts'
import { chainReader } from './chain.ts'
import { changesOf } from './changes.ts'
import { onDisk, systemCode } from './disk.ts'
import { folderOf, type RunFolder, type RunPlace } from './folder.ts'
import { linesOf } from './lines.ts'
import { notFound, readPlan } from './read.ts'

export interface Following extends RunPlace {
  readonly signal: AbortSignal
  /** Entries up to this one are known already. */
  readonly after?: number
  /** How often to look where the file system tells of no change. */
  readonly poll?: Millis
}

/**
 * The entries of a run as whoever drives it appends them. Ends after `closed`, and when the signal aborts. That a driver
 * died is not seen here: ask `readRun` for it.
 */
export async function* followRun({ root, run, signal, after = 0, poll = second }: Following): AsyncGenerator<Entry> {
  const folder = folderOf({ root, run })
  const next = chainReader(folder, (await readPlan(folder)).planHash)
  await using file = await openJournal(folder)
  using changes = changesOf(folder.journal, { poll, signal })
  for (let offset = 0; !signal.aborted; await changes.next()) {
    const { lines, whole } = linesOf(await readFrom(file, offset, folder.journal))
    offset += whole
    for (const line of lines) {
      const entry = next(line)
      if (entry.seq > after) yield entry
      if (entry.type === 'closed' || signal.aborted) return
    }
  }
}

async function openJournal(folder: RunFolder): Promise<FileHandle> {
  try {
    return await onDisk(folder.journal, () => open(folder.journal, 'r'))
  } catch (error) {
    throw systemCode(error) === 'ENOENT' ? notFound(folder, error) : error
  }
}

async function readFrom(file: FileHandle, offset: number, path: string): Promise<Buffer> {
  const { size, nlink } = await file.stat()
  if (nlink === 0 || size < offset) throw lost(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - offset), 0, size - offset, offset)
  return buffer.subarray(0, bytesRead)
}

const lost = (path: string): DeployError =>
  new DeployError({
    code: 'journal-changed',
    what: `the journal was deleted or taken back while it was read: ${path}`,
    remedy: 'run the same command again',
  })
