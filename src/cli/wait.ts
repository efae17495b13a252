import type { ClusterTarget } from '../config/clusters.ts'
import { DeployError, type ExitCode, exitCodes } from '../core/errors.ts'
import { Duration } from '../core/options.ts'
import { hour, type Millis, span } from '../core/time.ts'
import { Locked } from '../engine/leases/refused.ts'
import { clockOf } from './clock.ts'
import type { CommandContext } from './context.ts'
import type { WaitOptions } from './options.ts'
import { connectTo } from './sites.ts'
import { untilOver } from './until-over.ts'

/**
 * Tries what may meet another run; where it does, waits until that is over and tries again from the start, with nothing
 * held meanwhile. Nothing that was seen before is still believed then.
 */
export async function waiting(
  options: WaitOptions,
  {
    clusters,
    attempt,
  }: { readonly clusters: () => readonly ClusterTarget[]; readonly attempt: () => Promise<ExitCode> },
  context: CommandContext,
): Promise<ExitCode> {
  const { process } = context
  const clock = clockOf(process)
  const until = clock.elapsed() + limitOf(options)
  for (;;) {
    const held = await attempt().catch((error: unknown) => {
      if (error instanceof Locked) return error
      throw error
    })
    if (typeof held === 'number') return held
    const target = clusters().find(({ name }) => name === held.place.cluster)
    if (!target || clock.elapsed() >= until) throw held
    const left = await isLet(held, target, until, context)
    if (left !== null) return left
  }
}

function limitOf({ waitFor }: WaitOptions): Millis {
  if (waitFor === undefined) return hour
  const limit = Duration.safeParse(waitFor)
  if (limit.success) return limit.data
  throw new DeployError({
    code: 'usage',
    what: `--wait-for ${waitFor} is no duration`,
    remedy: 'write it like --wait-for 30m',
  })
}

/** Resolves when nothing is open any more; with an exit code when a signal came first. */
async function isLet(
  held: Locked,
  target: ClusterTarget,
  until: Millis,
  context: CommandContext,
): Promise<ExitCode | null> {
  const { process, signal: outer } = context
  const clock = clockOf(process)
  const stop = new AbortController()
  let exit: ExitCode | null = null
  using _signals = process.onSignal((name) => {
    exit = name === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
    stop.abort(name)
  })
  const signal = AbortSignal.any([outer, stop.signal])
  const { cluster } = await connectTo(target, context)
  await using _ = cluster
  const say = (text: string): void => void process.streams.stderr.write(`${text}\n`)
  say(`${held.what}: waiting for its end, for up to ${span(until - clock.elapsed())}; nothing is held meanwhile`)
  const isOver = await untilOver(cluster, held, { clock, signal, until, say })
  say(isOver ? 'it is over: planning again' : 'stopped waiting; nothing was begun')
  return isOver ? null : (exit ?? exitCodes.interrupted)
}
