import { followRun } from '../../adapters/journal/follow.ts'
import { type ExitCode, exitCodes } from '../../core/errors.ts'
import type { Entry } from '../../core/journal.ts'
import { fold, stateOf } from '../../core/state.ts'
import { second } from '../../core/time.ts'
import { lastBlock } from '../../report/last-block.ts'
import { clockOf } from '../clock.ts'
import type { CommandContext } from '../context.ts'
import type { CommonOptions } from '../options.ts'
import { keptOf } from '../kept.ts'
import { canAsk, keyboard } from '../keyboard.ts'
import { screenFor } from '../screen.ts'
import { followElsewhere, type Whither } from '../elsewhere.ts'
import { rootOf } from '../root.ts'
import { findRun } from '../runs.ts'

export interface WatchOptions extends CommonOptions, Whither {}

/** `deploy watch [run]`: follows a run that another process drives, and ends with its exit code. Ctrl-C ends only the watching. */
export async function watch(
  named: string | undefined,
  options: WatchOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { process } = context
  const clock = clockOf(process)
  const { run, plan, folder, keptIn } = await findRun(named, 'any', options, context)
  const screen = await screenFor({ plan, run }, options, process)
  const entries: Entry[] = []
  const stop = new AbortController()
  using _signals = process.onSignal(() => stop.abort())
  using _keys = canAsk(process) ? keyboard(process, { line: () => {}, interrupt: () => stop.abort() }) : null
  let state = stateOf(plan)
  const tick = setInterval(
    () => screen.show({ plan, state, waiting: new Map(), counts: new Map(), now: clock.now() }),
    second,
  )
  const { signal } = stop
  const following = keptIn
    ? followElsewhere(run, keptIn.cluster, { ...options, signal }, context)
    : followRun({ root: rootOf(context, options), run, signal })
  try {
    for await (const entry of following) {
      entries.push(entry)
      state = fold(state, [entry])
      screen.fact(entry)
      if (entry.type === 'closed') {
        const story = { plan, entries, exit: entry.exit }
        const kept = await keptOf(folder, story, keptIn)
        screen.end(lastBlock({ ...story, ...kept, columns: process.streams.stderr.columns ?? 100 }))
        return entry.exit as ExitCode
      }
    }
    return exitCodes.interrupted
  } finally {
    clearInterval(tick)
    await screen.close()
  }
}
