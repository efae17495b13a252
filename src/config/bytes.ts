import { DeployError } from '../core/errors.ts'
import type { Files } from './files.ts'

const kib = 1024
/** Far above any real file, far below what parsing would feel. */
const largest = 256 * kib

/**
 * The text of a configuration file.
 * @throws DeployError `config-unreadable`, `config-too-large`, `config-not-utf8`
 */
export function readText(path: string, shown: string, files: Files): string {
  const entry = files.look(path)
  if (entry?.kind !== 'file')
    throw new DeployError({
      code: 'config-unreadable',
      what: `${shown} is ${entry?.kind === 'folder' ? 'a folder' : 'not a file'}`,
      remedy: 'name a file with --config',
    })
  if (entry.size > largest)
    throw new DeployError({
      code: 'config-too-large',
      what: `${shown} has ${Math.ceil(entry.size / kib)} KiB, a configuration has at most ${largest / kib}`,
      remedy: 'name the right file with --config',
    })
  return decoded(contentOf(path, shown, files), shown)
}

function contentOf(path: string, shown: string, files: Files): Uint8Array {
  try {
    return files.read(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === undefined) throw cause
    throw new DeployError({
      code: 'config-unreadable',
      what: `${shown} cannot be read: ${code}`,
      remedy: `let this user read it: ls -l ${shown}`,
      cause,
    })
  }
}

function decoded(bytes: Uint8Array, shown: string): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  const wrong = utf16 ? 1 : firstWrongLine(bytes)
  if (wrong === undefined) return new TextDecoder().decode(bytes)
  throw new DeployError({
    code: 'config-not-utf8',
    what: `${shown}:${wrong}: this is not UTF-8${utf16 ? ' but UTF-16' : ''}`,
    remedy: 'save the file as UTF-8',
  })
}

/** Lines end with a byte that is part of no other character, so each can be tried on its own. */
function firstWrongLine(bytes: Uint8Array): number | undefined {
  const strict = new TextDecoder('utf-8', { fatal: true })
  try {
    strict.decode(bytes)
    return undefined
  } catch {
    let line = 1
    for (let start = 0; start <= bytes.length; line++) {
      const end = bytes.indexOf(0x0a, start)
      const stop = end < 0 ? bytes.length : end
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, stop))
      } catch {
        return line
      }
      start = stop + 1
    }
    return line
  }
}
