import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DeployError, type ErrorParts, exitCodes } from '../../../src/core/errors.ts'
import { hour } from '../../../src/core/time.ts'
import type { Process } from '../../../src/cli/process.ts'
import { type Left, whileAway } from '../../../src/cli/detach/while-away.ts'
import { slept } from '../../../src/sim/timeline.ts'
import { virtualClock } from '../../support/virtual-clock.ts'
import { type Ended, flat, paper, said } from '../support/deploy.ts'
import { project } from '../support/project.ts'
import { backends } from '../support/route.ts'
import { type TwoClusters, twoClusters } from '../support/two-clusters.ts'

const failure = (code: string, more: Partial<ErrorParts> = {}): DeployError =>
  new DeployError({ code, what: `cluster us: ${code}`, exit: 'refused', ...more })

/** Attempts one after the other, the last of them over and over, and what was said. */
async function tried(
  attempts: readonly (DeployError | Left | 0)[],
  onSignal: Process['onSignal'] = () => ({ [Symbol.dispose]: () => {} }),
) {
  const clock = virtualClock()
  const stderr = paper()
  let count = 0
  const attempt = async () => {
    const next = attempts[Math.min(count, attempts.length - 1)] ?? 0
    count += 1
    if (next instanceof Error) throw next
    return next
  }
  const process = { clock, onSignal, streams: { stderr: stderr.stream } } as unknown as Process
  const ended = await whileAway(attempt, { process, signal: new AbortController().signal }).catch(
    (error: unknown) => error,
  )
  return { ended, count, text: stderr.text(), after: clock.elapsed() }
}

describe('a driver that nobody else would follow', () => {
  it.each([
    ['is away', failure('kube-refused')],
    ['could not be asked for the run', failure('run-not-found', { cause: failure('kube-timeout') })],
    ['was left when the run went back elsewhere', { exit: exitCodes.humanNeeded, away: failure('kube-dns') }],
  ] as const)('tries again while a cluster %s', async (_, away) => {
    const { ended, count, text } = await tried([away, away, 0])
    expect({ ended, count }).toEqual({ ended: 0, count: 3 })
    expect(text).toMatch(/^cluster us: kube-\w+: trying again for up to 1 h; nothing is held meanwhile\n$/)
  })

  it.each(['kube-forbidden', 'plan-untrusted', 'config-cluster', 'locked'])('ends at once with %s', async (code) => {
    const error = failure(code)
    expect(await tried([error])).toMatchObject({ ended: error, count: 1, text: '' })
  })

  it('ends with what it met after an hour', async () => {
    const error = failure('run-not-found', { cause: failure('kube-refused') })
    expect(await tried([error])).toMatchObject({ ended: error, after: hour })
    const left = { exit: exitCodes.humanNeeded, away: failure('kube-refused') }
    expect(await tried([left])).toMatchObject({ ended: exitCodes.humanNeeded, after: hour })
  })

  it('ends when it is told to', async () => {
    const { ended, count } = await tried([failure('kube-refused')], (listener) => {
      listener('SIGTERM')
      return { [Symbol.dispose]: () => {} }
    })
    expect({ ended, count }).toEqual({ ended: exitCodes.terminated, count: 1 })
  })
})

/** A release that stands at half of the requests in both clusters, and that nobody drives. */
async function left() {
  const world = await twoClusters()
  const { exit, stderr } = await world.deploy(['canary', 'v2', '--set', 'weights=[50, pause]', '--exit-on-pause'])
  expect(exit, stderr).toBe(exitCodes.paused)
  const { stdout } = await world.deploy(['status', '--json'])
  const { run, plan } = JSON.parse(stdout) as { run: string; plan: string }
  return { ...world, run, plan }
}

/** As the Job's pod has it; clusters that are away come back once it was said that it tries again. */
const supervised = (
  { cwd, clusters }: TwoClusters,
  {
    words,
    back,
    folder = cwd,
  }: { readonly words: readonly string[]; readonly back: () => void; readonly folder?: string },
): Promise<Ended> => {
  const { timeline } = clusters.eu.inside
  return said(['resume', ...words, '--keep-paused', '--exit-on-pause'], {
    cwd: folder,
    onSaid: (text) => {
      if (text.includes('trying again')) back()
    },
    process: {
      random: Math.random,
      clock: { now: timeline.now, elapsed: timeline.now, sleep: (ms, signal) => slept(timeline, ms, signal) },
    },
  })
}

describe('resume --keep-paused', () => {
  it('waits for another cluster of the run, then goes on', async () => {
    const world = await left()
    const { exit, stderr } = await supervised(world, { words: [world.run], back: world.away('us') })
    expect(exit, stderr).toBe(exitCodes.paused)
    expect(flat(stderr)).toMatch(/cluster us \S+ .*: trying again for up to 1 h/)
  })

  it('waits for its home on a machine that has nothing of the run', async () => {
    const world = await left()
    const folder = await project({ config: await readFile(join(world.cwd, 'deploy.yaml'), 'utf8') })
    const words = [world.run, '--plan-hash', world.plan, '--cluster', 'eu']
    const { exit, stderr } = await supervised(world, { words, back: world.away('eu'), folder })
    expect(exit, stderr).toBe(exitCodes.paused)
  })

  it('goes further back where it can, and in the cluster that was away once that answers', async () => {
    const world = await left()
    const back = world.away('us')
    expect((await world.deploy(['abort'])).exit).toBe(exitCodes.humanNeeded)
    const { exit, stderr } = await supervised(world, { words: [world.run], back })
    expect(exit, stderr).toBe(exitCodes.takenBackWithoutVerdict)
    expect([backends(world.clusters.eu).length, backends(world.clusters.us).length]).toEqual([1, 1])
  })

  it('ends at once where its configuration is wrong', async () => {
    const world = await left()
    const folder = await project({ config: 'version: 1\n' })
    expect((await supervised(world, { words: [world.run], back: () => {}, folder })).exit).toBe(exitCodes.usage)
  })
})
