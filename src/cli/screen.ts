import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Plan } from '../core/plan.ts'
import { eventScreen } from '../report/event-screen.ts'
import { lineScreen } from '../report/lines.ts'
import { type Screen, screens } from '../report/screen.ts'
import { type DriveOptions, formOf } from './options.ts'
import { type Process, wishFor } from './process.ts'
import { paintFor } from '../report/paint.ts'

/** A tree at a terminal, lines elsewhere, and events where a program asked for them. */
export async function screenFor(
  { plan, run }: { readonly plan: Plan; readonly run: string },
  options: DriveOptions,
  process: Process,
): Promise<Screen> {
  const { streams, env } = process
  const form = formOf(options)
  const verbose = options.verbose ?? false
  const atTerminal = streams.stderr.isTTY === true && env['CI'] === undefined && !verbose
  const forPeople = atTerminal
    ? (await import('../report/tree.ts')).treeScreen({
        plan,
        stream: streams.stderr,
        paint: paintFor(wishFor(streams.stderr, options.color, process)),
      })
    : lineScreen({ plan, sink: streams.stderr, verbose })
  const toStdout = form === 'ndjson' || options.events === '-'
  const file = options.events !== undefined && options.events !== '-' ? eventFile(plan, run, options.events) : null
  return screens([
    forPeople,
    ...(toStdout ? [eventScreen({ plan, run, sink: streams.stdout })] : []),
    ...(file ? [file] : []),
  ])
}

function eventFile(plan: Plan, run: string, path: string): Screen {
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 })
  const screen = eventScreen({ plan, run, sink: stream })
  return {
    ...screen,
    async close() {
      stream.end()
      await finished(stream)
    },
  }
}
