/** A lab of its own for each way to end one: nothing may stay, whatever the end. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { bootLab } from './boot.ts'
import { labsDir } from './leftovers.ts'
import { waitFor } from './wait-for.ts'

describe('a lab leaves nothing', () => {
  it.each(['SIGINT', 'SIGKILL'] as const)('when who booted it gets %s', async (signal) => {
    const { child, id } = await bootByHand()
    expect(await traces(id)).not.toEqual([])
    child.kill(signal)
    await waitFor(`nothing is left of ${id}`, async () => (await traces(id)).length === 0)
  })

  it('when who booted it is killed in the middle of the boot', async () => {
    const child = spawnUp()
    const name = `-hand${child.pid}-`
    await waitFor('its first component runs', async () =>
      (await traces(name)).some((trace) => trace.startsWith('process')),
    )
    child.kill('SIGKILL')
    await waitFor(`nothing is left of ${name}`, async () => (await traces(name)).length === 0)
  })

  it('not even when its supervisor is killed, once the next one boots', async () => {
    const { closed, id } = await bootByHand()
    process.kill(Number(/\d+$/.exec(id)?.[0]), 'SIGKILL')
    await waitFor(
      'components die with it',
      async () => !(await traces(id)).some((trace) => trace.startsWith('process')),
    )
    expect(await traces(id)).not.toEqual([])
    await closed
    const { down } = await bootLab({ name: 'next', clusters: 1, nodes: 1 })
    expect(await traces(id)).toEqual([])
    await down()
  })

  it('when a component dies while it boots, and says which', async () => {
    const booting = bootLab({ name: 'broken', clusters: 1, nodes: 1 })
    booting.catch(() => {})
    const pid = await waitFor('etcd runs', async () => {
      return (await processesOf('-broken-')).find(({ program }) => program === 'etcd')?.pid
    })
    process.kill(pid, 'SIGKILL')
    await expect(booting).rejects.toThrow(/the lab did not boot/)
    expect(await traces('-broken-')).toEqual([])
  })
})

function spawnUp() {
  // The shell's pid becomes the node's, so the lab's name can be known before it says anything.
  return spawn(
    'sh',
    ['-c', `exec "$0" "$1" --clusters 1 --nodes 1 --name hand$$`, process.execPath, join(import.meta.dirname, 'up.ts')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
}

/** A lab that `up.ts` booted in another process. */
async function bootByHand() {
  const child = spawnUp()
  const closed = once(child, 'close')
  for await (const line of createInterface({ input: child.stdout })) {
    const id = /deploy-lab-hand\d+-\d+/.exec(line)?.[0]
    if (id !== undefined) return { child, id, closed }
  }
  throw new Error('up.ts ended before its lab was up')
}

/** Whatever of a lab still exists: namespaces, data, state, processes. */
async function traces(id: string): Promise<readonly string[]> {
  const places = ['/run/netns', '/dev/shm', labsDir]
  const found: string[] = []
  for (const place of places) {
    const names = await readdir(place).catch(() => [])
    found.push(...names.filter((name) => name.includes(id)).map((name) => `${place}/${name}`))
  }
  return [...found, ...(await processesOf(id)).map(({ pid, program }) => `process ${pid} ${program}`)]
}

/** Every process of a lab has the lab's id in its environment. */
async function processesOf(id: string): Promise<readonly { readonly pid: number; readonly program: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const all = await Promise.all(
    pids.map(async (pid) => {
      const [environment, command] = await Promise.all([
        readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
        readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
      ])
      const ours = environment.split('\0').some((line) => line.startsWith('DEPLOY_LAB=') && line.includes(id))
      return ours ? [{ pid: Number(pid), program: basename(command.split('\0')[0] ?? '') }] : []
    }),
  )
  return all.flat()
}
