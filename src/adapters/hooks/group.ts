import { readdir, readFile } from 'node:fs/promises'
import { type Millis, second } from '../../core/time.ts'

/** Asks every process of a group to end, and kills those that have not after `grace`. Resolves when none runs. */
export async function endGroup(leader: number, grace: Millis): Promise<void> {
  if (!killGroup(leader, 'SIGTERM') || (await gone(leader, grace))) return
  killGroup(leader, 'SIGKILL')
  // Nothing survives that, but one that the kernel keeps waiting for a disk may take its time.
  await gone(leader, second)
}

/** Whether there was any process in the group that may be signalled. */
export function killGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal)
  } catch {
    // ESRCH: the group is empty. EPERM: all that is left became another user's, who has to end it.
    return false
  }
}

async function gone(leader: number, within: Millis): Promise<boolean> {
  for (const end = performance.now() + within; await runs(leader); ) {
    if (performance.now() > end) return false
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return true
}

/**
 * A zombie counts as a process for kill(2), and stays one where process 1 of a container asks for nobody's end (as
 * when deploy itself is process 1): nobody runs if all are zombies.
 */
async function runs(leader: number): Promise<boolean> {
  if (!killGroup(leader, 0)) return false
  if (process.platform !== 'linux') return true
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const members = await Promise.all(pids.map((pid) => runsIn(leader, pid)))
  return members.includes(true)
}

async function runsIn(leader: number, pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch((error: unknown) => (isFull(error) ? null : ''))
  if (stat === null) return true
  // proc(5): after the name in parentheses come state, parent and process group.
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return group === String(leader) && state !== 'Z' && state !== 'X'
}

/** Too many files are open to look: what can't be seen is not taken for gone. */
const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE')
