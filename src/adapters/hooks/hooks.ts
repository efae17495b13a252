import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { DeployError } from '../../core/errors.ts'
import type { Receipt } from '../../core/journal.ts'
import type { Hook } from '../../core/plan.ts'
import { type Millis, second } from '../../core/time.ts'
import { endGroup, killGroup } from './group.ts'
import { checkHook } from './program.ts'
import { start } from './start.ts'
import { tailOf } from './tail.ts'

export interface HooksInput {
  /** Of deploy.yaml: hooks run there, and their paths are relative to it. */
  readonly folder: string
  /** What a hook finds in its environment, beside what `run` is given. Credentials too: it is the operator's program. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Between SIGTERM and SIGKILL. */
  readonly grace?: Millis
}

export interface Ran {
  readonly receipt: Receipt
  /** Last lines of stdout and stderr, control characters escaped. */
  readonly output: readonly string[]
  readonly timedOut: boolean
}

/** The port `Hooks`, but for where the output is kept. */
export interface Programs {
  run(hook: Hook, env: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Ran>
}

/**
 * Runs programs of the operator, without a shell. A hook is over when its process is, or its time is, or the signal
 * aborts; whatever is left of its process group is ended then, so a hook can't leave a daemon behind.
 *
 * Exit code: what the program said, or 128 + the number of the signal that ended it. Throws `hook-not-found`,
 * `hook-not-executable`, `hook-changed`, `hook-not-started`; and the signal's reason when that had aborted before it began.
 */
export const hooks = ({ folder, env, grace = 5 * second }: HooksInput): Programs => ({
  async run(hook, own, signal) {
    signal.throwIfAborted()
    const program = checkHook(hook.argv[0], { folder, path: env['PATH'] })
    await assertApproved(hook, program)
    signal.throwIfAborted()

    const tail = tailOf()
    const started = start([program, ...hook.argv.slice(1)], { folder, env: { ...env, ...own }, tail })
    using _ = endedWithUs(started.pid)
    using limit = limitOf(hook.timeout, signal)
    const inTime = await Promise.race([started.exit, limit.passed])
    // What a pipe still holds is read before those at its other end are told to go.
    if (inTime !== undefined) await Promise.race([started.drained, sleep(drain)])
    if (started.pid !== undefined) await endGroup(started.pid, grace)
    const exitCode = await Promise.race([started.exit, sleep(second).then(() => killed)])
    await Promise.race([started.drained, sleep(drain)])
    started.letGo()
    return { receipt: { exitCode }, output: tail.lines(), timedOut: inTime === undefined && !signal.aborted }
  },
})

/** The exit code of one that not even SIGKILL ends yet, for it hangs in the kernel. */
const killed = 137

/** A process outside the group that holds our pipes (a real daemon) isn't waited for any longer. */
const drain: Millis = 250

/** The plan was approved with this text of the file. */
async function assertApproved({ argv: [name], sha256 }: Hook, program: string): Promise<void> {
  if (sha256 === undefined) return
  const found = createHash('sha256')
    .update(await readFile(program))
    .digest('hex')
  if (found === sha256) return
  throw new DeployError({
    code: 'hook-changed',
    what: `the hook ${name} is not the one that the plan was made with: ${program}`,
    why: 'what was approved is what runs',
    remedy: 'bring the file back, or make and approve a new plan',
    exit: 'stale',
  })
}

/** `passed` resolves to nothing after `ms`, or when the signal aborts. */
function limitOf(ms: Millis, signal: AbortSignal): { readonly passed: Promise<undefined> } & Disposable {
  const { promise: passed, resolve } = Promise.withResolvers<undefined>()
  const pass = () => resolve(undefined)
  const timer = setTimeout(pass, ms)
  signal.addEventListener('abort', pass)
  return {
    passed,
    [Symbol.dispose]() {
      clearTimeout(timer)
      signal.removeEventListener('abort', pass)
    },
  }
}

const sleep = (ms: Millis): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref())

/** When this process ends (other than by SIGKILL), so does the hook. */
function endedWithUs(pid: number | undefined): Disposable {
  const end = () => void (pid !== undefined && killGroup(pid, 'SIGKILL'))
  process.once('exit', end)
  return { [Symbol.dispose]: () => void process.removeListener('exit', end) }
}
