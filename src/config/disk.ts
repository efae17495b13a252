import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import type { Files } from './files.ts'

/** The real disk. Links are followed. */
export const disk: Files = {
  look(path) {
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found) return undefined
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other'
    return { kind, size: found.size, executable: runnable(path) }
  },
  read: (path) => readFileSync(path),
}

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
