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
import type { Whither } from '../elsewhere.ts'
import { type Following, followAnywhere } from '../follow.ts'
import { findRun } from '../runs.ts'

export interface WatchOptions extends CommonOptions, Whither {}

const unattended = (run: string, who: string | null): string =>
  `UNATTENDED: nobody drives run ${run}${who === null ? '' : `, last it was ${who}`}, and nobody would take it back; deploy resume ${run} goes on, deploy abort ${run} takes it back`

/**
 * `deploy watch [run]`: follows a run that another process drives, wherever that is, and ends with its exit code. That
 * nobody drives it is said and waited through; with --exit-on-pause it is the end (exit 5). Ctrl-C ends only the watching.
 */
export async function watch(
  named: string | undefined,
  options: WatchOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { process } = context
  const clock = clockOf(process)
  const found = await findRun(named, 'any', options, context)
  const { run, plan, folder, keptIn } = found
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
  let alone = false
  const onDriver: Following['onDriver'] = ({ attended, who }) => {
    alone = !attended
    if (attended) screen.say(`run ${run} is driven again, by ${who ?? 'somebody'}`)
    else screen.say(unattended(run, who))
    if (alone && options.exitOnPause) stop.abort()
  }
  const say = (text: string): void => screen.say(text)
  try {
    for await (const entry of followAnywhere({ found, options, signal: stop.signal, onDriver, say }, context)) {
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
    return alone && options.exitOnPause ? exitCodes.paused : exitCodes.interrupted
  } finally {
    clearInterval(tick)
    await screen.close()
  }
}
