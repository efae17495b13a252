import { DeployError } from '../../core/errors.ts'
import type { Entry, Fact } from '../../core/journal.ts'
import type { Millis } from '../../core/time.ts'
import type { Journal } from '../../ports.ts'
import { chained, lineOf } from './chain.ts'
import { diskError } from './disk.ts'
import { shapeOf } from './schema.ts'

/** What is needed of an open file: a FileHandle, or in tests one that fails as disks do. */
export interface JournalFile {
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>
  truncate(length: number): Promise<void>
  sync(): Promise<void>
  stat(): Promise<{ readonly size: number; readonly nlink: number }>
  close(): Promise<void>
}

export interface WriterStart {
  readonly file: JournalFile
  /** For messages. */
  readonly path: string
  readonly planHash: string
  readonly epoch: number
  /** What the file holds, and its length in bytes. */
  readonly entries: Entry[]
  readonly size: number
  readonly release: () => Promise<void>
}

/**
 * The one writer of a journal. Appends run one after the other. An append that fails leaves the file as it was, so it may
 * be tried again; where even that can't be had, every later one fails too.
 */
export function journalWriter({ file, path, planHash, epoch, entries, size, release }: WriterStart): Journal {
  let end = size
  let closed = false
  let queue: Promise<unknown> = Promise.resolve()

  const appendNow = async (facts: readonly Fact[], at: Millis): Promise<Entry[]> => {
    if (closed) throw new Error('append to a journal that was closed')
    const fresh = chained(facts, { last: entries.at(-1), planHash, epoch, at })
    for (const entry of fresh) assertReadable(entry)
    const bytes = Buffer.from(fresh.map(lineOf).join(''))
    if (bytes.length === 0) return fresh
    await assertUnchanged()
    try {
      await writeAll(file, bytes, end)
      await file.sync()
    } catch (error) {
      await takeBack()
      throw diskError(error, path)
    }
    end += bytes.length
    entries.push(...fresh)
    return fresh
  }

  // A failed fsync may have lost what it was to write, so what was half written goes, instead of being synced again.
  const takeBack = async () => {
    try {
      await file.truncate(end)
      await file.sync()
    } catch {
      // The next append finds a length that isn't `end`, and says so.
    }
  }

  const assertUnchanged = async () => {
    const { size: now, nlink } = await file.stat()
    if (nlink === 0) throw changedByOthers(path, 'was deleted')
    if (now !== end) throw changedByOthers(path, `has ${now} bytes, this driver left it at ${end}`)
  }

  return {
    entries,
    append(facts, at) {
      const appended = queue.then(() => appendNow(facts, at))
      queue = appended.catch(() => {})
      return appended
    },
    // A file is all there is, until a home keeps a copy.
    shared: () => Promise.resolve(),
    async [Symbol.asyncDispose]() {
      await queue
      if (closed) return
      closed = true
      await file.close()
      await release()
    },
  }
}

export async function writeAll(file: JournalFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

/** An entry that could not be read back would make the run impossible to resume: a bug of ours, found at once. */
function assertReadable(entry: Entry): void {
  const shape = shapeOf(entry)
  if (!('entry' in shape)) throw new Error(`not an entry: ${JSON.stringify(entry)}: ${JSON.stringify(shape)}`)
}

const changedByOthers = (path: string, how: string): DeployError =>
  new DeployError({
    code: 'journal-changed',
    what: `the journal ${how}: ${path}`,
    why: 'nobody but its driver may write it; what this driver does would not be known afterwards',
    remedy: 'find out who wrote it',
    exit: 'humanNeeded',
  })
