import { main } from '../src/cli/main.ts'
import { strategies } from '../strategies/index.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const { argv, env, stdin, stdout, stderr, pid } = process

// A reader that has gone (`| head`) is no reason to leave a release alone.
for (const stream of [stdout, stderr]) stream.on('error', () => {})

process.exitCode = await main({
  strategies,
  process: {
    argv: argv.slice(2),
    env,
    cwd: process.cwd(),
    streams: { stdin, stdout, stderr },
    pid,
    random: Math.random,
    onSignal(listener) {
      for (const signal of signals) process.on(signal, listener)
      return { [Symbol.dispose]: () => signals.forEach((signal) => process.off(signal, listener)) }
    },
  },
})
