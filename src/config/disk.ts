import { accessSync, constants, readFileSync, type Stats, statSync } from 'node:fs'
import type { Files } from './files.ts'

/** The real disk. Links are followed; what may not even be looked at is not there. */
export const disk: Files = {
  look(path) {
    const found = statOf(path)
    if (!found) return undefined
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other'
    return { kind, size: found.size, executable: runnable(path) }
  },
  read: (path) => readFileSync(path),
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
