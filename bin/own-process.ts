import type { Process } from '../src/cli/process.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** This process, as the command line sees it. */
export function ownProcess(changes: Partial<Pick<Process, 'argv' | 'cwd' | 'env' | 'clock'>> = {}): Process {
  const { argv, env, pid } = process
  return {
    argv: argv.slice(2),
    env,
    cwd: process.cwd(),
    streams: {
      // Each is opened when it is wanted: reading stdin keeps the process alive, and each takes a millisecond.
      get stdin() {
        return process.stdin
      },
      get stdout() {
        return unbreakable(process.stdout)
      },
      get stderr() {
        return unbreakable(process.stderr)
      },
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

const ignore = (): void => {}

/** A reader that has gone (`| head`) is no reason to leave a release alone. */
const unbreakable = (stream: NodeJS.WriteStream): NodeJS.WriteStream =>
  stream.listeners('error').includes(ignore) ? stream : stream.on('error', ignore)
