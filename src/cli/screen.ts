import type { Plan } from '../core/plan.ts'
import { openScreen } from '../report/open-screen.ts'
import type { Screen } from '../report/screen.ts'
import { type DriveOptions, formOf } from './options.ts'
import type { Process } from './process.ts'

export interface Followed {
  readonly plan: Plan
  readonly run: string
}

/** A tree at a terminal, lines elsewhere, and events where a program asked for them. */
export async function screenFor(followed: Followed, options: DriveOptions, process: Process): Promise<Screen> {
  const { streams, env } = process
  const { color, verbose, events: path } = options
  const toStdout = formOf(options) === 'ndjson' || path === '-'
  const file =
    path !== undefined && path !== '-'
      ? (await import('./events-file.ts')).eventsFile(path, process, (text) => screen.say(text))
      : null
  const events = toStdout ? streams.stdout : file?.sink
  const screen = await openScreen({
    ...followed,
    env,
    stderr: streams.stderr,
    ...(color !== undefined && { colour: color }),
    ...(verbose !== undefined && { verbose }),
    ...(events && { events }),
  })
  return {
    ...screen,
    async close() {
      await screen.close()
      await file?.close()
    },
  }
}
