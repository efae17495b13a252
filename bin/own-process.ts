import type { Process } from '../src/cli/process.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** This process, as the command line sees it. */
export function ownProcess(changes: Partial<Pick<Process, 'argv' | 'cwd' | 'env' | 'clock'>> = {}): Process {
  const { argv, env, stdout, stderr, pid } = process
  // A reader that has gone (`| head`) is no reason to leave a release alone.
  for (const stream of [stdout, stderr]) stream.on('error', () => {})
  return {
    argv: argv.slice(2),
    env,
    cwd: process.cwd(),
    streams: {
      // Only opened when somebody is asked something: reading it keeps the process alive and loads `node:net`.
      get stdin() {
        return process.stdin
      },
      stdout,
      stderr,
    },
    pid,
    random: Math.random,
    onSignal(listener) {
      for (const signal of signals) process.on(signal, listener)
      return { [Symbol.dispose]: () => signals.forEach((signal) => process.off(signal, listener)) }
    },
    ...changes,
  }
}
