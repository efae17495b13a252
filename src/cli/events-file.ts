import { createWriteStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { DeployError, messageOf } from '../core/errors.ts'
import { second } from '../core/time.ts'
import type { Sink } from '../report/screen.ts'

/** Before anything is begun: who asked for events is told at once that there will be none. `-` is stdout. */
export async function checkEvents(path: string | undefined): Promise<void> {
  if (path === undefined || path === '-') return
  const there = await stat(path).catch(() => null)
  // Whoever reads from the other end would take a close for the end of the run.
  if (there?.isFIFO()) return
  try {
    await (await open(path, 'a', 0o600)).close()
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
export function eventsFile(path: string, say: (text: string) => void): EventsFile {
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 })
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
