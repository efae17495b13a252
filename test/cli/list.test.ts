import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { thisProcess } from '../../src/adapters/journal/process-identity.ts'
import { exitCodes } from '../../src/core/errors.ts'
import { said } from './support/deploy.ts'
import { simulated } from './support/simulated.ts'

const waiting = ['canary', 'v2', '--set', 'weights=[50, pause]', '--exit-on-pause']

interface Row {
  readonly run: string
  readonly outcome: string
  readonly driver: string | null
  readonly kept: string
}

const rowsOf = ({ stdout }: { readonly stdout: string }): Row[] => JSON.parse(stdout) as Row[]

describe('runs of another machine', () => {
  it('are listed with who drove them last and where they are kept', async () => {
    const { deploy, elsewhere } = await simulated()
    expect((await deploy(waiting)).exit).toBe(exitCodes.paused)
    const other = await elsewhere()
    expect(rowsOf(await other(['list', '--json']))).toMatchObject([
      { outcome: 'unattended', kept: 'east/web', driver: expect.stringMatching(/ on .+, process \d+$/) },
    ])
    expect((await other(['list'])).stdout).toMatch(/UNATTENDED .* at wait for a human/)
  })

  it('are left out with --local', async () => {
    const { deploy, elsewhere } = await simulated()
    await deploy(waiting)
    const other = await elsewhere()
    expect(rowsOf(await other(['list', '--local', '--json']))).toEqual([])
    expect(rowsOf(await deploy(['list', '--local', '--json']))).toMatchObject([{ kept: 'here' }])
  })

  it('are told as they stand there, also where an older copy is here', async () => {
    const { deploy, elsewhere } = await simulated()
    await deploy(waiting)
    const other = await elsewhere()
    expect((await other(['abort'])).exit).toBe(exitCodes.takenBackWithoutVerdict)
    const [row] = rowsOf(await deploy(['list', '--json']))
    expect(row).toMatchObject({ outcome: 'taken-back', kept: 'east/web' })
    const status = await deploy(['status', row?.run ?? '', '--json'])
    expect(JSON.parse(status.stdout)).toMatchObject({ outcome: 'taken-back', exit: exitCodes.takenBackWithoutVerdict })
  })

  it('are missing where no cluster can be asked, which is said and no error', async () => {
    const { deploy, cwd } = await simulated()
    await deploy(waiting)
    const { exit, stdout, stderr } = await said(['list', '--json'], { cwd })
    expect([exit, rowsOf({ stdout }).length]).toEqual([exitCodes.done, 1])
    expect(stderr).toContain('only the runs of this folder: there is no kubeconfig')
  })
})

/** What a driver leaves in the folder of its run that was killed on another host, or with its container. */
async function killedElsewhere(cwd: string, run: string): Promise<void> {
  const drivers = join(cwd, '.deploy', 'runs', run, 'drivers')
  const number = Math.max(...readdirSync(drivers).map(Number)) + 1
  writeFileSync(join(drivers, `${number}`), JSON.stringify({ ...(await thisProcess()), pid: 1, host: 'container-7' }))
}

describe('a run whose folder is here, and whose driver was on another host', () => {
  it('is as its home says: UNATTENDED, and taken over by resume and abort', async () => {
    const { deploy, cwd } = await simulated()
    await deploy(waiting)
    const run = rowsOf(await deploy(['list', '--json']))[0]?.run ?? ''
    await killedElsewhere(cwd, run)
    const [row] = rowsOf(await deploy(['list', '--json']))
    const status = await deploy(['status', '--json'])
    expect([row?.outcome, (JSON.parse(status.stdout) as Row).outcome]).toEqual(['unattended', 'unattended'])
    const abort = await deploy(['abort'])
    expect(abort.exit, abort.stderr).toBe(exitCodes.takenBackWithoutVerdict)
  })

  it('is open, no more, where its home can’t be asked, and that its driver is not known is said', async () => {
    const { deploy, cwd } = await simulated()
    await deploy(waiting)
    const run = rowsOf(await deploy(['list', '--json']))[0]?.run ?? ''
    await killedElsewhere(cwd, run)
    for (const words of [
      ['list', '--json'],
      ['list', '--local', '--json'],
      ['status', '--json'],
    ]) {
      const { stdout, stderr } = await said(words, { cwd })
      expect(stdout).toContain('"outcome": "open"')
      expect(stderr).toContain(`not known whether anybody drives run ${run}: `)
    }
  })

  it('that is over is not said to be unknown', async () => {
    const { deploy, cwd } = await simulated()
    await deploy(['rolling', 'v2'])
    const run = rowsOf(await deploy(['list', '--json']))[0]?.run ?? ''
    await killedElsewhere(cwd, run)
    const { stdout, stderr } = await said(['list', '--json'], { cwd })
    expect(rowsOf({ stdout })).toMatchObject([{ run, outcome: 'done' }])
    expect(stderr).not.toContain('not known')
  })
})

describe('a run that is damaged here', () => {
  it.each([
    ['its journal', 'journal.ndjson', 'oops\n'],
    ['its plan', 'plan.json', ' oops'],
  ])('%s: is said with its remedy, the others are listed, and list ends with 0', async (_what, file, more) => {
    const { deploy, cwd } = await simulated()
    await deploy(['rolling', 'v2'])
    const damaged = rowsOf(await deploy(['list', '--json']))[0]?.run ?? ''
    await deploy(['rolling', 'v3'])
    appendFileSync(join(cwd, '.deploy', 'runs', damaged, file), more)
    const { exit, stdout, stderr } = await deploy(['list', '--local', '--json'])
    expect([exit, rowsOf({ stdout }).map(({ run }) => run === damaged)]).toEqual([exitCodes.done, [false]])
    expect(stderr).toMatch(new RegExp(`run ${damaged} is not listed: .+\\. .+`))
  })

  it('a folder without anything in it is one', async () => {
    const { deploy, cwd } = await simulated()
    mkdirSync(join(cwd, '.deploy', 'runs', 'rempty'), { recursive: true })
    const { exit, stderr } = await deploy(['list', '--local', '--json'])
    expect([exit, stderr]).toEqual([exitCodes.done, expect.stringContaining('run rempty is not listed: ')])
  })
})

describe('watching a run of another machine', () => {
  it('says loudly that nobody drives it, and with --exit-on-pause that is the end', async () => {
    const { deploy, elsewhere } = await simulated()
    await deploy(waiting)
    const { exit, stderr } = await (await elsewhere())(['watch', '--exit-on-pause'])
    expect(exit, stderr).toBe(exitCodes.paused)
    expect(stderr).toMatch(/UNATTENDED: nobody drives run r\w+, last it was .* deploy resume r\w+ goes on/)
  })

  it('ends with the exit code of whoever takes it over', async () => {
    const { deploy, elsewhere } = await simulated()
    await deploy(waiting)
    const watching = (await elsewhere())(['watch'])
    const [promoted, watched] = await Promise.all([deploy(['promote']), watching])
    expect([promoted.exit, watched.exit]).toEqual([exitCodes.done, exitCodes.done])
  })
})
