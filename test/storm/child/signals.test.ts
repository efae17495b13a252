import { type IPty, spawn as onTerminal } from '@lydell/node-pty'
import { execa } from 'execa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exitCodes } from '../../../src/core/errors.ts'
import { at } from '../../../src/core/json.ts'
import { find } from '../../../src/core/view.ts'
import { namespace } from '../../engine/manifests.ts'
import { leftBehind } from '../../engine/restored.ts'
import { releases, strategies } from './sweep.ts'
import { approved, linesIn, program, served, type Served, until } from './world.ts'

const long = { ...strategies, canary: { ...strategies.canary, soak: '10m' } }
const { wish, command } = releases.canary

async function world(patience: object = long): Promise<Served> {
  const made = await served(wish, patience)
  onTestFinished(() => made[Symbol.asyncDispose]())
  return made
}

/** Where users' requests go, as `web 50, web-canary 50`. */
const weights = ({ cluster }: Served): string =>
  (
    at(find(cluster.see(namespace), 'HTTPRoute', 'web'), '/spec/rules/0/backendRefs') as {
      name: string
      weight?: number
    }[]
  )
    .map(({ name, weight = 1 }) => `${name} ${weight}`)
    .join(', ')

const atFifty = 'weight-50.route-50'
const seconds = (wanted: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, wanted * 1000))

describe('a release that is told to end', () => {
  it('by a CI system (SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL): requests are back after the first signal, and another machine ends it', async () => {
    const one = await world()
    const folder = await one.machine()
    const run = one.start(folder, command)
    await until(folder, 'settled', atFifty)
    expect(weights(one)).toBe('web 50, web-canary 50')
    run.kill('SIGINT')
    const left = await Promise.race([run.done, seconds(7.5)])
    expect(weights(one)).toBe('web 1')
    run.kill('SIGTERM')
    await Promise.race([run.done, seconds(2.5)])
    run.kill('SIGKILL')
    const { exit, signal } = await run.done
    expect([exit, signal]).toEqual([left ? exitCodes.interrupted : exitCodes.terminated, null])
    expect(one.open()).not.toBeNull()
    const elsewhere = await one.machine()
    const ended = await one.start(elsewhere, ['resume', '--plan-hash', await approved(folder)]).done
    expect([ended.exit, ended.said]).toEqual([
      exitCodes.takenBackWithoutVerdict,
      expect.stringContaining('web serves v1'),
    ])
    expect([leftBehind(one.before, one.cluster.see(namespace)), one.users().failed, one.open()]).toEqual([[], 0, null])
  })

  it('by a terminal that is closed: requests are back, the run stays open, and nothing crashes for want of a screen', async () => {
    const one = await world()
    const folder = await one.machine()
    const { CI: _, ...env } = one.env(folder)
    const terminal = onTerminal(process.execPath, [program, ...command], { cwd: folder, env, cols: 100, rows: 30 })
    const gone = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)))
    let isGone = false
    void gone.then(() => (isGone = true))
    onTestFinished(() => {
      if (!isGone) terminal.kill('SIGKILL')
    })
    await until(folder, 'settled', atFifty)
    hangUp(terminal)
    expect(await gone).toBe(exitCodes.terminated)
    expect(weights(one)).toBe('web 1')
    expect((await linesIn(folder)).filter((line) => line.includes('"type":"turned"'))).toHaveLength(1)
    const ended = await one.start(await one.machine(), ['resume', '--plan-hash', await approved(folder)]).done
    expect(ended.exit, ended.said).toBe(exitCodes.takenBackWithoutVerdict)
    expect([leftBehind(one.before, one.cluster.see(namespace)), one.users().failed]).toEqual([[], 0])
  })
})

describe('a reader that has gone, as after `| head -1`,', () => {
  it('ends neither the release that it read nor one that it watched', async () => {
    const one = await world(strategies)
    const folder = await one.machine()
    const start = (...args: readonly string[]) => {
      const child = execa(process.execPath, [program, ...args], {
        cwd: folder,
        env: one.env(folder),
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
        buffer: false,
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      return child
    }
    const release = start(...command, '-o', 'ndjson')
    await firstLine(release.stdout)
    const watching = start('watch', '-o', 'ndjson')
    await firstLine(watching.stdout)
    expect((await release).exitCode).toBe(exitCodes.done)
    expect((await watching).isTerminated).toBe(false)
    expect([leftBehind(one.before, one.cluster.see(namespace)).length, one.users().failed, one.open()]).toEqual([
      2,
      0,
      null,
    ])
  })
})

/** The window is closed: its program gets SIGHUP, and what it writes from then on fails with EIO. */
const hangUp = (terminal: IPty): void => (terminal as IPty & { destroy(): void }).destroy()

/** Reads it, then closes the pipe. */
async function firstLine(stream: NodeJS.ReadableStream & { destroy(): unknown }): Promise<void> {
  await new Promise((resolve) => stream.once('data', resolve))
  stream.destroy()
}
