import { join } from 'node:path'
import { execa } from 'execa'
import { main } from '../../../src/cli/main.ts'
import type { Process } from '../../../src/cli/process.ts'
import type { LateStrategies } from '../../../src/core/strategy.ts'
import { lateStrategies } from '../../../strategies/late.ts'

export interface Ended {
  readonly exit: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** The run that a document is about: a result, or a status. */
export const runIn = ({ stdout }: Pick<Ended, 'stdout'>): string => (JSON.parse(stdout) as { run: string }).run

export interface DeployOf {
  readonly cwd: string
  /** KUBECONFIG; without it there is none. */
  readonly kubeconfig?: string
  readonly env?: Readonly<Record<string, string>>
  /** Other parts of the process, for `said`. */
  readonly process?: Partial<Process>
  readonly strategies?: LateStrategies
  /** Told of all that `said` has said to people until then. */
  readonly onSaid?: (text: string) => void
}

export const bin = join(import.meta.dirname, '../../../bin/deploy.ts')

/** The environment of a run: nothing of the machine's but PATH. */
export const environment = ({ cwd, kubeconfig, env }: DeployOf): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: cwd,
  KUBECONFIG: kubeconfig ?? join(cwd, 'no-kubeconfig'),
  ...env,
})

/** The command line as a process of its own, from its sources. */
export async function deploy(args: readonly string[], options: DeployOf): Promise<Ended> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [bin, ...args], {
    cwd: options.cwd,
    env: environment(options),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
  return { exit: exitCode, stdout, stderr }
}

/** The same inside of the test's own process: for tables of many rows, each of which would start a Node.js. */
export async function said(args: readonly string[], options: DeployOf): Promise<Ended> {
  const [stdout, stderr] = [paper(), paper(options.onSaid)]
  const exit = await main({
    strategies: options.strategies ?? lateStrategies,
    process: {
      argv: args,
      env: environment(options),
      cwd: options.cwd,
      streams: { stdin: process.stdin, stdout: stdout.stream, stderr: stderr.stream },
      pid: process.pid,
      random: () => 0.5,
      onSignal: () => ({ [Symbol.dispose]: () => {} }),
      ...options.process,
    },
  })
  return { exit, stdout: stdout.text(), stderr: stderr.text() }
}

/** A stream that is no terminal. */
export function paper(onText: (text: string) => void = () => {}): {
  readonly stream: NodeJS.WriteStream
  readonly text: () => string
} {
  let text = ''
  const write = (more: string): boolean => {
    text += more
    onText(text)
    return true
  }
  return { stream: { write, isTTY: false } as unknown as NodeJS.WriteStream, text: () => text }
}

/** A text as one line: where it was broken to fit a terminal says nothing. */
export const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

/** What was said in the form of all errors, in its parts: what (and why), then what to do. */
export function partsOf({
  exit,
  stdout,
  stderr,
}: Ended): Omit<Ended, 'stderr'> & { readonly what: string; readonly remedy: string } {
  const [what = '', ...rest] = flat(stderr).split(' do ')
  return { exit, stdout, what, remedy: rest.join(' do ') }
}
