import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { isForTree } from '../report/open-screen.ts'
import type { Process } from './process.ts'

export interface Typed {
  readonly line: (text: string) => void
  /** Ctrl-C. A signal from elsewhere is not told here. */
  readonly interrupt: () => void
}

/** Whether a person sits at both ends of the terminal. */
export const canAsk = ({ streams, env }: Pick<Process, 'streams' | 'env'>): boolean =>
  streams.stdin.isTTY && streams.stderr.isTTY && env['CI'] === undefined

/**
 * What a person types while a run is shown, until disposed of. Under the live tree nothing of it is echoed: an Enter would
 * move the picture, and its head would stay above as a stale line. The terminal then gives no signal for Ctrl-C either.
 */
export function keyboard(
  { streams: { stdin, stderr }, env }: Pick<Process, 'streams' | 'env'>,
  typed: Typed,
): Disposable {
  const silent = isForTree(stderr, env)
  const lines = createInterface({ input: stdin, terminal: silent, ...(silent && { output: nowhere() }) })
  lines.on('line', typed.line)
  lines.on('SIGINT', typed.interrupt)
  // A terminal that was closed can't be read any more, nor be put back as it was: SIGHUP says what that means.
  lines.on('error', () => {})
  return {
    [Symbol.dispose]() {
      lines.close()
      stdin.pause()
    },
  }
}

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })
