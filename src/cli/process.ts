import type { Readable, Writable } from 'node:stream'

/** stdout carries data only; everything said to a person goes to stderr. */
export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
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
}
