import { mkdir, open, rename, rm } from 'node:fs/promises'
import { DeployError } from '../../core/errors.ts'

/** The `code` of an error of the operating system: `ENOENT`. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** Does it, and says in the operator's words what the disk had against it. `path` is what he would look at. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw diskError(error, path)
  }
}

/** A DeployError where the operator can mend it; else the error itself. */
export function diskError(error: unknown, path: string): unknown {
  const trouble = troubles[systemCode(error) ?? '']
  if (trouble === undefined || error instanceof DeployError) return error
  const [code, what, mend] = trouble
  return new DeployError({
    code,
    what: `${what}: ${path}`,
    why: 'a release is only driven while its journal can be written',
    remedy: `${mend}, then run the same command again`,
    exit: 'refused',
    cause: error,
  })
}

/** What is to be done about an error of the operating system, before anything is tried again. */
export const mendOf = (error: unknown): string | undefined => troubles[systemCode(error) ?? '']?.[2]

const free = 'make room on that disk (df -h)'
const own = 'let your user write there (ls -ld), or run in a folder of your own'
const mount = 'use a checkout on a disk that can be written'

const troubles: Readonly<Record<string, readonly [code: string, what: string, mend: string]>> = {
  ENOSPC: ['disk-full', 'the disk is full', free],
  EDQUOT: ['disk-full', 'your quota on the disk is used up', free],
  EFBIG: ['disk-full', 'the file may not grow any more (ulimit -f)', free],
  EROFS: ['disk-read-only', 'the disk is read-only', mount],
  EACCES: ['disk-permission', 'you may not read or write', own],
  EPERM: ['disk-permission', 'the operating system does not permit it', own],
  ENOTDIR: ['disk-not-a-folder', 'a part of the path is a file, not a folder', 'move that file away'],
  ENOTSUP: ['disk-no-links', 'this file system has no hard links, which the lock of a run needs', mount],
  EIO: ['disk-broken', 'the disk reports an input/output error', mount],
  EMFILE: ['disk-too-many-files', 'too many files are open', 'raise the limit (ulimit -n)'],
}

/** Makes a file with this content, 0600, that a power cut can't take away again (once its folder is synced too). */
export async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the names in a folder durable. Windows can't, and need not. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The file that is there stays until this content is on disk beside it. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const beside = `${path}.new`
  // Left by a crash.
  await rm(beside, { force: true })
  await writeNew(beside, content)
  await rename(beside, path)
}

/** Not `recursive`, with which Node says ENOENT of a disk that is read-only. */
export const ensureFolder = (path: string): Promise<void> =>
  mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error
  })
