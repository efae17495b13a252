import { describe, expect, it } from 'vitest'
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
    expect((await other(['list'])).stdout).toMatch(/UNATTENDED .* at wait for a human \(paused\), last dri/)
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
