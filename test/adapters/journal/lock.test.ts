import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { driverOf, takeLock } from '../../../src/adapters/journal/lock.ts'
import { openRun } from '../../../src/adapters/journal/open.ts'
import { isAlive, type ProcessIdentity, thisProcess } from '../../../src/adapters/journal/process-identity.ts'
import { readRun } from '../../../src/adapters/journal/read.ts'
import { child, freshRoot, leftRun, reopened } from './sample.ts'
import { run } from './sample-facts.ts'

async function freshLock(last?: Partial<ProcessIdentity> | string) {
  const drivers = join(await freshRoot(), 'drivers')
  await mkdir(drivers)
  if (last !== undefined) {
    const text = typeof last === 'string' ? last : JSON.stringify({ ...(await thisProcess()), ...last })
    await writeFile(join(drivers, '1'), text)
  }
  return { run, drivers }
}

/** A number that no process has: the highest that Linux gives is 2^22. */
const nobody = 2 ** 22 + 1

describe('the lock of a run', () => {
  it('is had by one, and by the next when that one left', async () => {
    const lock = await freshLock()
    const release = await takeLock(lock)
    await expect(takeLock(lock)).rejects.toMatchObject({ code: 'journal-locked', exit: 'locked' })
    await release()
    await release()
    await (await takeLock(lock))()
    expect(await driverOf(lock)).toBeNull()
  })

  it('is refused in words that name the process and what to do', async () => {
    const lock = await freshLock()
    await takeLock(lock)
    await expect(takeLock(lock)).rejects.toMatchObject({
      what: `run ${run} is driven by process ${process.pid} on ${hostname()}`,
      remedy: `see what it does: deploy watch ${run}`,
    })
  })

  it.each([
    ['died', { pid: nobody }],
    ['died before a reboot', { boot: 'another' }],
    ['died, and another process got its number', { start: '1' }],
    ['died in a power cut that kept its name only', ''],
    ['died in a power cut that left noughts', '\0\0\0'],
  ])('is taken over from one that %s', async (_how, last) => {
    const lock = await freshLock(last)
    await takeLock(lock)
    expect(await driverOf(lock)).toMatchObject({ pid: process.pid, alive: true })
  })

  it.each([
    ['on another host', { host: 'elsewhere' }],
    ['in another container', { namespace: 'pid:[1]' }],
  ])('is not taken from one %s, which can not be seen from here; the remedy is a command', async (_where, last) => {
    const lock = await freshLock({ pid: nobody, ...last })
    const refusal = expect.stringContaining(`truncate -s 0 ${join(lock.drivers, '1')}`)
    await expect(takeLock(lock)).rejects.toMatchObject({ code: 'journal-locked', remedy: refusal })
  })

  it.each([
    ['on another host', { host: 'elsewhere' }],
    ['in another container', { namespace: 'pid:[1]' }],
  ])('is taken from one %s by who has the Leases of the run', async (_where, last) => {
    const lock = await freshLock({ pid: nobody, ...last })
    await takeLock(lock, { hasLeases: true })
    expect(await driverOf(lock)).toMatchObject({ pid: process.pid, alive: true })
  })

  it('is not taken from one that is seen to live, whoever has the Leases', async () => {
    const lock = await freshLock({})
    await expect(takeLock(lock, { hasLeases: true })).rejects.toMatchObject({ code: 'journal-locked' })
  })

  it('leaves nothing but one file for each driver', async () => {
    const lock = await freshLock({ pid: nobody })
    await takeLock(lock)
    await takeLock(lock).catch(() => {})
    expect(await readdir(lock.drivers)).toEqual(['1', '2'])
  })

  it('is had by exactly one of many that take it over at once', async () => {
    const lock = await freshLock({ pid: nobody })
    for (let round = 0; round < 20; round += 1) {
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(lock)))
      const won = tries.filter((one) => one.status === 'fulfilled')
      expect(won).toHaveLength(1)
      await won[0]?.value()
    }
  })
})

describe('two processes', () => {
  it('never drive one run, and the second does when the first was killed', async () => {
    const root = await freshRoot()
    await leftRun({ root, said: ['a'] })
    const first = child('drive.ts', root, run)
    await first.says('ready')
    first.started.stdin.write('go\n')
    await first.says('drives 2')
    await expect(openRun({ root, run })).rejects.toMatchObject({ code: 'journal-locked' })
    expect((await readRun({ root, run })).driver).toMatchObject({ pid: first.started.pid, alive: true })
    first.started.kill('SIGKILL')
    await first.ended
    expect((await readRun({ root, run })).driver).toMatchObject({ pid: first.started.pid, alive: false })
    expect(await reopened(root)).toMatchObject({ said: ['a', 'attached'], epoch: 3 })
  })

  it('race for the lock of a dead one: exactly one wins, each time', async () => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said: [] })
    for (let round = 1; round <= 3; round += 1) {
      const racers = Array.from({ length: 4 }, () => child('drive.ts', root, run))
      await Promise.all(racers.map((racer) => racer.says('ready')))
      for (const racer of racers) racer.started.stdin.write('go\n')
      await Promise.all(racers.map((racer) => until(() => racer.lines().length === 2)))
      const said = racers.map((racer) => racer.lines()[1])
      expect(said.filter((line) => line === `drives ${round}`)).toHaveLength(1)
      expect(said.filter((line) => line === 'journal-locked')).toHaveLength(3)
      // The winner is killed, so the next round finds a stale lock.
      for (const racer of racers) racer.started.kill('SIGKILL')
      await Promise.all(racers.map((racer) => racer.ended))
    }
    expect(await readFile(folder.journal, 'utf8')).toMatch(/^(.*"type":"attached"}\n){3}$/)
  }, 60_000)
})

describe('a process', () => {
  it('is alive while it runs, and dead as a zombie', async () => {
    expect(await isAlive(await thisProcess())).toBe(true)
    // Its parent never asks how it ended.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString())
    await until(async () => !(await isAlive({ ...(await thisProcess()), pid, start: null })))
    expect(() => process.kill(pid, 0)).not.toThrow()
  })
})

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}
