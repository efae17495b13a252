import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { promisify } from 'node:util'

/** A process, so that another one that later gets its number is not taken for it. `null`: this system can't say. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, in this system's own notation. */
  readonly start: string | null
  readonly host: string
  /** Another value after each boot. */
  readonly boot: string | null
  /** Numbers mean something only within one PID namespace (a container has its own). */
  readonly namespace: string | null
}

export const thisProcess = async (): Promise<ProcessIdentity> => ({
  pid: process.pid,
  start: (await startOf(process.pid)) ?? null,
  ...(await here()),
})

/** `null`: it can't be told from here, because it is on another host or in another container. */
export async function isAlive(other: ProcessIdentity): Promise<boolean | null> {
  const { host, boot, namespace } = await here()
  if (other.host !== host) return null
  if (differ(other.boot, boot)) return false
  if (differ(other.namespace, namespace)) return null
  if (!exists(other.pid)) return false
  const start = await startOf(other.pid)
  return start !== undefined && !differ(other.start, start)
}

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b

const orNull = (reading: Promise<string>): Promise<string | null> =>
  reading.then(
    (text) => text.trim(),
    () => null,
  )

const here = async () => ({
  host: hostname(),
  boot: await orNull(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
  namespace: await orNull(readlink('/proc/self/ns/pid')),
})

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there, but someone else's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** `undefined`: it is not running, which a zombie isn't either. `null`: unknown. */
async function startOf(pid: number): Promise<string | null | undefined> {
  const stat = await orNull(readFile(`/proc/${pid}/stat`, 'utf8'))
  if (stat === null) return process.platform === 'linux' ? null : startByPs(pid)
  // proc(5): the second field is the name in parentheses and may hold anything; state is field 3, start time field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : (fields[19] ?? null)
}

async function startByPs(pid: number): Promise<string | null> {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
  const asked = promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], { env })
  return orNull(asked.then(({ stdout }) => stdout))
}
