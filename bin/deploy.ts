import { main } from '../src/cli/main.ts'
import { lateStrategies } from '../strategies/late.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const { argv, env, stdout, stderr, pid } = process

// A reader that has gone (`| head`) is no reason to leave a release alone.
for (const stream of [stdout, stderr]) stream.on('error', () => {})

// No `await` at this level: the bundle is CommonJS. What `main` throws is a bug of its own, and ends with a stack.
void main({
  strategies: lateStrategies,
  process: {
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
  },
}).then((exit) => {
  process.exitCode = exit
})
