import { constants, createWriteStream } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { DeployError, messageOf } from '../core/errors.ts'
import { second } from '../core/time.ts'
import type { Sink } from '../report/screen.ts'
import type { Process } from './process.ts'

/** Before anything is begun: who asked for events is told at once that there will be none. Nothing is made yet. `-` is stdout. */
export async function checkEvents(path: string, { cwd }: Pick<Process, 'cwd'>): Promise<void> {
  if (path === '-') return
  const whole = resolve(cwd, path)
  try {
    const there = await stat(whole).catch(() => null)
    if (there?.isDirectory()) throw new Error('it is a folder')
    await access(there ? whole : dirname(whole), constants.W_OK)
  } catch (error) {
    throw new DeployError({
      code: 'usage',
      what: `--events ${path} can’t be written: ${messageOf(error)}`,
      remedy: 'name a file in a folder that is there, or - for stdout',
    })
  }
}

export interface EventsFile {
  readonly sink: Sink
  close(): Promise<void>
}

/** Of a pipe that nobody reads. */
const patience = 5 * second

/** A release goes on without its readers: a file that can't be written any more is said once, and left. */
export function eventsFile(path: string, { cwd }: Pick<Process, 'cwd'>, say: (text: string) => void): EventsFile {
  const file = createWriteStream(resolve(cwd, path), { flags: 'a', mode: 0o600 })
  file.on('error', (error) => say(`no more events in ${path}: ${messageOf(error)}`))
  return {
    sink: file,
    async close() {
      if (file.destroyed) return
      file.end()
      await finished(file, { signal: AbortSignal.timeout(patience) }).catch(() => file.destroy())
    },
  }
}
