import { describe, expect, it } from 'vitest'
import type { Lease } from '../../src/core/lease/lease.ts'
import { readLease } from '../../src/core/lease/read.ts'
import { documents } from '../../src/report/documents/index.ts'
import { flat } from './support/deploy.ts'
import { type Simulated, simulated } from './support/simulated.ts'

const waiting = ['canary', 'v2', '--set', 'weights=[50,pause,75]'] as const

const leaseIn = ({ cluster }: Simulated): Lease | null => {
  const object = cluster.see('web').objects.get('Lease/deploy-web')
  return object ? readLease(object) : null
}

async function until(seen: () => boolean): Promise<void> {
  for (let tries = 0; !seen(); tries += 1) {
    if (tries > 1000) throw new Error('it never came')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A release that waits for a human, driven on one machine, and another machine. */
async function paused() {
  const world = await simulated()
  const there = await world.elsewhere()
  const run = world.deploy(waiting)
  await until(() => leaseIn(world)?.run?.release?.waits !== undefined)
  return { ...world, world, there, run, id: leaseIn(world)?.run?.run ?? '' }
}

describe('a run that is driven on another machine', () => {
  it('refuses a second release with 8, and says who, where, which, how long and what to do', async () => {
    const { there, run, id } = await paused()
    const { exit, stdout, stderr } = await there(['canary', 'v3'])
    expect({ exit, stdout }).toEqual({ exit: 8, stdout: '' })
    const text = flat(stderr)
    expect(text).toMatch(
      new RegExp(`web in east is held: run ${id} \\(canary v2, begun [\\d mins]+ ago\\) is paused at pause-1`),
    )
    expect(text).toMatch(/why it is driven by \S+ on \S+, process \d+/)
    expect(text).toContain(
      `do deploy watch ${id} shows it, deploy pause ${id} stops it where it is, deploy abort ${id}`,
    )
    const { stdout: answer } = await there(['abort', '--json'])
    expect(documents.asked.parse(JSON.parse(answer))).toMatchObject({ run: id, verb: 'abort', stage: 'the way back' })
    await run
  })

  it('hears what is asked from there, and says what became of it', async () => {
    const { there, run, id } = await paused()
    const said: { readonly exit: number | undefined; readonly text: string }[] = []
    for (const words of [
      ['pause'],
      ['promote', '--stage', 'weight-50'],
      ['retry'],
      ['promote'],
      ['abort', '--reason', 'odd'],
    ]) {
      const { exit, stderr } = await there(words)
      said.push({ exit, text: flat(stderr) })
    }
    expect(said).toEqual([
      { exit: 0, text: expect.stringContaining(`run ${id} is paused at pause-1, by `) },
      { exit: 2, text: expect.stringContaining('weight-50 is not the present stage, pause-1 is: nothing was done') },
      { exit: 2, text: expect.stringContaining('nothing failed that could be tried again') },
      { exit: 0, text: expect.stringMatching(new RegExp(`run ${id} goes on at `)) },
      { exit: 0, text: expect.stringContaining(`run ${id} goes back, driven by `) },
    ])
    expect((await run).exit).toBe(22)
  })

  it('keeps its lock while it lives; broken by force it stops with 8, and the next driver notes why', async () => {
    const { there, run, id, deploy } = await paused()
    const status = await there(['lock', 'status'])
    expect(flat(status.stdout)).toMatch(new RegExp(`web east ${id} paused pause-1 v2 .* process \\d+ renews it`))
    expect(await there(['lock', 'break'])).toMatchObject({ exit: 2, stderr: expect.stringContaining('needs a reason') })
    const refused = await there(['lock', 'break', '--reason', 'fire'])
    expect({ exit: refused.exit, text: flat(refused.stderr) }).toMatchObject({
      exit: 8,
      text: expect.stringContaining('it was seen to renew its lock'),
    })
    const broken = await there(['lock', 'break', id, '--reason', 'fire', '--force'])
    expect({ exit: broken.exit, text: flat(broken.stderr) }).toMatchObject({
      exit: 0,
      text: expect.stringContaining(`Go on with it: deploy resume ${id}. Take it back: deploy abort ${id}`),
    })
    const ended = await run
    expect({ exit: ended.exit, text: flat(ended.stderr) }).toMatchObject({
      exit: 8,
      text: expect.stringMatching(/this driver stops: \S+ broke its lock: fire/),
    })
    const { stdout } = await there(['lock', 'status', '--json'])
    expect(documents.lock.parse(JSON.parse(stdout)).locks[0]).toMatchObject({
      run: id,
      phase: 'paused',
      holder: null,
      renewing: null,
      broken: { reason: 'fire' },
    })
    const abort = await deploy(['abort'])
    expect(abort.exit).toBe(22)
    expect(flat(abort.stderr)).toMatch(/watch out: \S+ on \S+ broke the lock of .*: fire/)
    expect(await there(['lock', 'break', '--reason', 'fire'])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('nobody holds a lock'),
    })
  })

  it('whose lock changes hands while it is broken: says so, and which locks were broken before', async () => {
    const { there, run, id, cluster } = await paused()
    const { metadata, ...rest } = cluster.see('web').objects.get('Lease/deploy-web') ?? {}
    const { annotations, labels } = metadata ?? {}
    cluster.acts.apply([{ ...rest, metadata: { name: 'deploy-api', namespace: 'web', annotations, labels } }])
    const end = cluster.faults.onWrite({ kind: 'status', status: 422 }, { kind: 'Lease', name: 'deploy-web' })
    const { exit, stderr } = await there(['lock', 'break', id, '--reason', 'fire', '--force'])
    end()
    expect({ exit, text: flat(stderr) }).toMatchObject({
      exit: 8,
      text: expect.stringMatching(
        /lease\/deploy-web in east has changed hands since it was looked at; broken before that: lease\/deploy-api in east .* deploy lock status.*lock-changed/,
      ),
    })
    await there(['abort'])
    await run
  })

  it('is waited for with --wait; then the plan is made again, and runs', async () => {
    const { there, run, id, cluster } = await paused()
    const next = there(['canary', 'v3', '--wait'])
    await new Promise((resolve) => setTimeout(resolve, 500))
    await there(['abort'])
    expect((await run).exit).toBe(22)
    const { exit, stderr } = await next
    expect(exit).toBe(0)
    expect(flat(stderr)).toMatch(
      new RegExp(
        `run ${id} .*: waiting for its end, for up to .*; nothing is held meanwhile .*it is over: planning again`,
      ),
    )
    expect(JSON.stringify(cluster.see('web').objects.get('Deployment/web'))).toContain('acme/web:v3')
  })

  it('is waited for no longer than --wait-for says', async () => {
    const { there, run } = await paused()
    const { exit, stderr } = await there(['canary', 'v3', '--wait-for', '20s'])
    expect({ exit, text: flat(stderr) }).toMatchObject({
      exit: 8,
      text: expect.stringContaining('code locked, exit 8'),
    })
    await there(['abort'])
    await run
  })
})
