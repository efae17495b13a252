import { type ChildProcess, spawn } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { within } from './network.ts'

export type ChildSpec = {
  readonly name: string
  readonly netns: string
  readonly log: string
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export type Child = {
  readonly name: string
  readonly pid: number
  readonly log: string
  readonly process: ChildProcess
}

/**
 * Starts one component: in its namespace, in a process group of its own (a Ctrl-C at the terminal is not for it), with
 * its output in a file.
 */
export function startChild({ name, netns, log, argv, env }: ChildSpec): Child {
  const output = openSync(log, 'a')
  const [command, args] = within(netns, argv)
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...quietEnvironment, ...env },
  })
  closeSync(output)
  child.on('error', () => {}) // no pid then: seen right below
  if (child.pid === undefined) throw new Error(`${name} could not be started: ${argv.join(' ')}`)
  return { name, pid: child.pid, log, process: child }
}

/** Waits until `ready` resolves. A component that dies, or takes too long, fails with the last lines of its log. */
export async function readiness(child: Child, seconds: number, ready: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + seconds * 1000
  let last = ''
  while (true) {
    try {
      await ready()
      return
    } catch (error) {
      last =
        error instanceof Error
          ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`
          : String(error)
    }
    if (ended(child))
      throw new Error(`${child.name} ended (${how(child)}) before it was ready\n${await tail(child.log)}`)
    if (performance.now() > end) {
      throw new Error(`${child.name} was not ready after ${seconds} s (${last.trim()})\n${await tail(child.log)}`)
    }
    await sleep(50)
  }
}

/** Ends a component at once. Its data is thrown away, so there is nothing to be gentle with. */
export async function killChild(child: Child): Promise<void> {
  if (ended(child)) return
  const gone = new Promise((resolve) => child.process.once('exit', resolve))
  // Not reaped yet, so the pid, and the group of the same number, is still this child's.
  process.kill(-child.pid, 'SIGKILL')
  await gone
}

export const ended = ({ process }: Child): boolean => process.exitCode !== null || process.signalCode !== null

export const how = ({ process }: Child): string => process.signalCode ?? `exit code ${process.exitCode}`

/** The last lines of a log, indented, for an error message. */
export async function tail(log: string, lines = 15): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '')
  const last = text.trimEnd().split('\n').slice(-lines)
  return [`the end of ${log}:`, ...last.map((line) => `  ${line.slice(0, 400)}`)].join('\n')
}

/** A proxy of the machine must not come between components that all live at private addresses. */
const quietEnvironment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(https?|no|all)_proxy$|^KUBECONFIG$/i.test(name)),
)
