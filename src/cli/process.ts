import type { Clock } from '../ports.ts'
import type { ColourWish } from '../report/paint.ts'

/** stdout carries data only; everything said to a person goes to stderr. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

/** All that a command gets from outside; `bin` fills it from the process, tests with their own. */
export interface Process {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly streams: Streams
  readonly pid: number
  /** Calls back for SIGINT, SIGTERM and SIGHUP, until disposed of. */
  readonly onSignal: (listener: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void) => Disposable
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Instead of the machine's own: the demo's minutes are seconds. */
  readonly clock?: Clock
}

/** How a text for this stream is coloured: `--color` and `--no-color`, NO_COLOR, FORCE_COLOR, then the terminal. */
export const wishFor = (
  stream: { readonly isTTY?: boolean },
  color: boolean | undefined,
  { env }: Process,
): ColourWish => ({
  env,
  isTTY: stream.isTTY === true,
  ...(color !== undefined && { flag: color }),
})
