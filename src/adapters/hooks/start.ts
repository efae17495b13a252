import { constants } from 'node:os'
import { execa } from 'execa'
import { DeployError } from '../../core/errors.ts'
import type { Tail } from './tail.ts'

/**
 * Starts a program in a process group of its own. `exit` is its exit code, or 128 + the number of the signal that ended
 * it, or a DeployError `hook-not-started`; `drained` comes when nobody holds its output any more.
 */
export function start(
  [program, ...words]: readonly [string, ...string[]],
  { folder, env, tail }: { folder: string; env: Readonly<Record<string, string | undefined>>; tail: Tail },
) {
  const child = execa(program, words, {
    cwd: folder,
    env,
    extendEnv: false,
    stdin: 'ignore',
    // A process group (and session) of its own: it has no terminal to ask at, and can be ended as a whole.
    detached: true,
    buffer: false,
    reject: false,
  })
  const outputs = [child.stdout, child.stderr]
  for (const output of outputs) output.on('data', tail.sink())
  const exit = new Promise<number>((resolve, reject) => {
    child.nodeChildProcess.once('exit', (code, name) => resolve(code ?? 128 + constants.signals[name ?? 'SIGKILL']))
    child.then(
      (result) => reject(notStarted(program, result.cause)),
      (cause: unknown) => reject(notStarted(program, cause)),
    )
  })
  exit.catch(() => {})
  return {
    pid: child.pid,
    exit,
    drained: Promise.all(outputs.map((output) => new Promise((resolve) => output.once('close', resolve)))),
    letGo: () => outputs.forEach((output) => output.destroy()),
  }
}

function notStarted(program: string, cause: unknown): DeployError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'
  return new DeployError({
    code: 'hook-not-started',
    what: `the operating system did not start the hook ${program}: ${code}`,
    why: 'often the interpreter named in its first line is not installed, or it was built for another machine',
    remedy: `run it by hand: ${program}`,
    exit: 'refused',
    cause,
  })
}
