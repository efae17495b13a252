import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeNetwork } from './network.ts'

/** Everything of a lab that outlives its processes, and who is responsible for it. */
export type Estate = {
  readonly id: string
  readonly dir: string
  readonly dataDir: string
  readonly namespaces: readonly string[]
}

/** Each lab has a folder here, named by its id. */
export const labsDir = join(tmpdir(), 'deploy-labs')

/** Written before anything else is made, so that whatever is left over can be found. */
export async function claim(estate: Estate): Promise<void> {
  await mkdir(estate.dir, { recursive: true })
  const owner = { pid: process.pid, started: await startOf(process.pid) }
  await writeFile(join(estate.dir, 'estate.json'), JSON.stringify({ ...estate, owner }))
}

/** Removes what a lab made outside of its processes. Doing it twice is no error. */
export async function release({ dir, dataDir, namespaces }: Estate): Promise<void> {
  await removeNetwork(namespaces)
  await rm(dataDir, { recursive: true, force: true })
  if (process.env['DEPLOY_LAB_KEEP'] === undefined) await rm(dir, { recursive: true, force: true })
  else await rm(join(dir, 'estate.json'), { force: true })
}

/**
 * Removes labs whose supervisor is gone without having cleaned up (SIGKILL). Its components died with it, by the kernel.
 * A pid alone may be another process's by now, so the time of its start is compared too.
 */
export async function clearLeftovers(): Promise<readonly string[]> {
  const cleared: string[] = []
  for (const id of await readdir(labsDir).catch(() => [])) {
    const text = await readFile(join(labsDir, id, 'estate.json'), 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const { owner, ...estate } = JSON.parse(text) as Estate & { owner: { pid: number; started: string } }
    if ((await startOf(owner.pid)) === owner.started) continue
    await release(estate)
    cleared.push(id)
  }
  return cleared
}

/** When a process began, in the kernel's clock ticks: field 22 of its stat, counted after the name in parentheses. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}
