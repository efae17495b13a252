import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { DeployError } from '../../core/errors.ts'

export interface ProgramPlace {
  /** Of deploy.yaml. */
  readonly folder: string
  /** The variable PATH. */
  readonly path: string | undefined
  /** What stands at a path; the real disk when left out. */
  readonly look?: (path: string) => Found | undefined
}

export interface Found {
  readonly kind: 'file' | 'folder' | 'other'
  /** By this user. */
  readonly executable: boolean
}

/**
 * The file that a hook's first word means: with a slash relative to the folder, else from PATH, as a shell would have it.
 * Throws `hook-not-found` or `hook-not-executable`; for planning, and once more before each run.
 */
export function checkHook(name: string, { folder, path, look = lookOnDisk }: ProgramPlace): string {
  if (name.includes('/')) return checkFile(name, resolve(folder, name), look)
  const folders = (path ?? '').split(delimiter).filter((entry) => entry !== '')
  const found = folders.map((entry) => resolve(folder, join(entry, name))).find((file) => isProgram(look(file)))
  if (found !== undefined) return found
  throw new DeployError({
    code: 'hook-not-found',
    what: `the hook ${JSON.stringify(name)} is in no folder of PATH`,
    remedy: `install it, or write ./${name} for a file beside deploy.yaml`,
    exit: 'refused',
  })
}

function checkFile(name: string, file: string, look: (path: string) => Found | undefined): string {
  const found = look(file)
  if (isProgram(found)) return file
  if (found?.kind === 'file') {
    throw new DeployError({
      code: 'hook-not-executable',
      what: `the hook ${name} is not executable: ${file}`,
      remedy: `chmod +x ${file}`,
      exit: 'refused',
    })
  }
  throw new DeployError({
    code: 'hook-not-found',
    what: `the hook ${name} ${found === undefined ? 'does not exist' : 'is not a file'}: ${file}`,
    remedy: 'correct its path in deploy.yaml: it is relative to that file',
    exit: 'refused',
  })
}

const isProgram = (found: Found | undefined): boolean => found?.kind === 'file' && found.executable

function lookOnDisk(path: string): Found | undefined {
  try {
    const found = statSync(path)
    return { kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other', executable: mayRun(path) }
  } catch {
    return undefined
  }
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
