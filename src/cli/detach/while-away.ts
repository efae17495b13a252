import { DeployError, type ExitCode, exitCodes } from '../../core/errors.ts'
import { hour, minute, type Millis, second, span } from '../../core/time.ts'
import { isAway } from '../../engine/leases/away.ts'
import { clockOf } from '../clock.ts'
import type { CommandContext } from '../context.ts'

/** A run that went back where it could, and whose other clusters did not answer. */
export interface Left {
  readonly exit: ExitCode
  readonly away: DeployError
}

/** Somebody should hear of an outage that is longer: the Job fails then. */
const patience: Millis = hour
const shortest: Millis = 5 * second
const longest: Millis = 2 * minute

/**
 * For a driver that a supervisor starts again: a cluster that is away is no end of it, for nobody else would come when that
 * answers. Nothing is held between attempts, so anybody may go on with the run meanwhile.
 */
export async function whileAway(
  attempt: () => Promise<ExitCode | Left>,
  { process, signal }: Pick<CommandContext, 'process' | 'signal'>,
): Promise<ExitCode> {
  const clock = clockOf(process)
  let until: Millis | undefined
  let said = ''
  for (let pause = shortest; ; pause = Math.min(2 * pause, longest)) {
    const { away, end } = await triedOnce(attempt)
    until ??= clock.elapsed() + patience
    const left = until - clock.elapsed()
    if (away === null || left <= 0 || signal.aborted) return end()
    if (away.what !== said)
      process.streams.stderr.write(`${away.what}: trying again for up to ${span(left)}; nothing is held meanwhile\n`)
    said = away.what
    const told = await toldToEnd(Math.min(pause, left), { process, signal })
    if (told !== null) return told
  }
}

interface Tried {
  /** `null`: trying again would change nothing. */
  readonly away: DeployError | null
  /** How it ends where it is not tried again. */
  readonly end: () => ExitCode
}

async function triedOnce(attempt: () => Promise<ExitCode | Left>): Promise<Tried> {
  try {
    const ended = await attempt()
    return typeof ended === 'number' ? { away: null, end: () => ended } : { ...ended, end: () => ended.exit }
  } catch (error) {
    const end = (): never => {
      throw error
    }
    return { away: awayIn(error), end }
  }
}

/** Also of what was thrown because of it, as when no cluster could be asked for the run. */
const awayIn = (error: unknown): DeployError | null => {
  if (isAway(error)) return error
  return error instanceof DeployError ? awayIn(error.cause) : null
}

/** Waits; with an exit code when a signal came first. As process 1 of a pod it would not hear of one otherwise. */
async function toldToEnd(
  ms: Millis,
  { process, signal }: Pick<CommandContext, 'process' | 'signal'>,
): Promise<ExitCode | null> {
  const stop = new AbortController()
  let exit: ExitCode | null = null
  using _signals = process.onSignal((name) => {
    exit = name === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
    stop.abort(name)
  })
  await clockOf(process).sleep(ms, AbortSignal.any([signal, stop.signal]))
  return exit
}
