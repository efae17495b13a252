import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../../src/core/errors.ts'
import { leaseOf } from '../../../src/core/home.ts'
import type { Entry, PauseCause } from '../../../src/core/journal.ts'
import { type Unit, unitsOf } from '../../../src/core/plan.ts'
import { minute, second } from '../../../src/core/time.ts'
import type { Cluster } from '../../../src/ports.ts'
import { namespace, type Wish } from '../manifests.ts'
import { passed, paused, settled } from '../moments.ts'
import { asking, stoppable, worldOf } from './drivers.ts'
import { type Release, released } from './release.ts'

const web = { kind: 'Deployment', namespace, name: 'web' } as const

/** How each strategy comes to stand still, and in which ways. */
const standing: readonly {
  readonly wish: Wish
  readonly cause: PauseCause
  readonly by: (release: Release) => unknown
}[] = (['canary', 'blue-green', 'rolling'] as const).flatMap((strategy) => {
  const usual = { canary: { weights: [50] }, 'blue-green': {}, rolling: {} }[strategy]
  const wish: Wish = { strategy, bare: true, options: { ...usual, soak: '60s' } }
  const asked = {
    wish,
    cause: 'asked',
    by: (release: Release) => release.say({ verb: 'pause', reason: 'let me look' }),
  } as const
  const drift = {
    wish,
    cause: 'drift',
    by: ({ cluster }: Release) => cluster.acts.setImage(web, 'ghcr.io/acme/web:v9'),
  } as const
  if (strategy === 'rolling') return [asked, drift]
  const human = { wish: { ...wish, options: { weights: [50, 'pause', 75] } }, cause: 'human', by: () => {} } as const
  return [asked, drift, human]
})

const stageOf = (release: Release): string => release.lease().run?.release?.stage ?? ''
const count = (release: Release, type: Entry['type']): number =>
  release.entries().filter((entry) => entry.type === type).length

describe('from another machine', () => {
  it.each(standing)('$wish.strategy that stands still ($cause) hears every verb', async ({ wish, cause, by }) => {
    const release = await released(wish)
    const { say, until, sim, ended, lease } = release
    await until(({ type, ...entry }) => type === 'settled' && 'step' in entry && entry.step.startsWith('prepare'))
    await by(release)
    await until(paused(cause))
    await sim.advance(10 * minute)
    expect(lease()).toMatchObject({ holder: 'anna', run: { phase: 'paused' } })
    expect(await say({ verb: 'pause' })).toMatchObject({ became: 'answered', run: { phase: 'paused' } })
    expect(await say({ verb: 'retry' })).toMatchObject({
      became: 'answered',
      refused: 'nothing failed that could be tried again: nothing was done',
    })
    expect(await say({ verb: 'promote', stage: 'weight-99' })).toMatchObject({
      became: 'answered',
      refused: `weight-99 is not the present stage, ${stageOf(release)} is: nothing was done`,
    })
    const before = stageOf(release)
    const goOn = cause === 'human' ? ({ verb: 'promote', stage: before } as const) : ({ verb: 'resume' } as const)
    const resumed = await say(goOn)
    expect(resumed).toMatchObject({ became: 'answered' })
    expect(resumed).not.toHaveProperty('refused')
    expect(count(release, 'resumed')).toBe(1)
    await sim.advance(second)
    expect(await say({ verb: 'abort', reason: 'enough' })).toMatchObject({ became: 'answered' })
    expect((await sim.runUntil(ended)).exit).toBe(exitCodes.takenBackWithoutVerdict)
    expect(lease()).toMatchObject({ holder: null, run: { phase: 'closed', ask: null } })
    const heard = release.entries().flatMap((entry) => (entry.type === 'asked' ? [entry.id] : []))
    expect(heard).toEqual([...new Set(heard)])
  })

  it('a promote for the stage before is refused, and promotes nothing', async () => {
    const release = await released({ bare: true, options: { weights: [25, 'pause', 50, 'pause', 75] } })
    const { say, until, sim, entries } = release
    await until(paused('human'))
    expect(await say({ verb: 'promote', stage: 'pause-1' })).not.toHaveProperty('refused')
    await until(passed('weight-50'))
    await sim.advance(second)
    expect(await say({ verb: 'promote', stage: 'pause-1' })).toMatchObject({
      refused: 'pause-1 is not the present stage, pause-3 is: nothing was done',
    })
    await sim.advance(minute)
    expect(entries().filter(settled('weight-75.route-75'))).toEqual([])
    expect(entries().filter(({ type }) => type === 'asked')).toHaveLength(1)
  })

  it('a full promote skips the soaks that are left, and no step', async () => {
    const { say, until, sim, ended, entries } = await released({
      bare: true,
      options: { weights: [25, 50], soak: '10m', bake: '30m' },
    })
    await until(settled('weight-25.route-25'))
    const began = sim.clock.now()
    await say({ verb: 'promote', stage: 'weight-25', full: true })
    expect((await sim.runUntil(ended)).exit).toBe(exitCodes.done)
    expect(sim.clock.now() - began).toBeLessThan(5 * minute)
    for (const stage of ['weight-25', 'weight-50', 'weight-100', 'bake'])
      expect(entries().some(passed(stage))).toBe(true)
  })

  it('a retry goes on with what failed after the way back was passed', async () => {
    const { say, until, sim, ended, cluster, lease } = await released({ bare: true, options: { weights: [50] } })
    await until(passed('names'))
    const end = cluster.faults.onWrite({ kind: 'status', status: 403 }, { kind: 'Deployment' })
    await until(paused('finish'))
    end()
    await sim.advance(second)
    // What failed past the way back has a human come: its driver has left.
    expect((await sim.runUntil(ended)).exit).toBe(exitCodes.paused)
    expect(lease()).toMatchObject({ holder: null, run: { phase: 'paused' } })
    expect(await say({ verb: 'retry' })).toEqual({ became: 'unheard', gone: null })
  })

  it.each(['{"id":"x1","verb":"launch","by":"eve"}', 'not json', '{}'])(
    'what nobody understands is refused and forgotten: %s',
    async (text) => {
      const { annotate, until, sim, ended, lease, entries } = await released({ bare: true, options: { weights: [50] } })
      await until(settled('weight-50.route-50'))
      annotate({ 'deploy/ask': text })
      expect((await sim.runUntil(ended)).exit).toBe(exitCodes.done)
      expect(entries().flatMap((entry) => (entry.type === 'warned' ? [entry.because] : []))).toEqual([
        expect.stringMatching(/does not know the verb launch|can't be understood/),
      ])
      expect(lease().run?.ask).toBeNull()
    },
  )

  it('the run is over: nothing can be asked of it', async () => {
    const { say, sim, ended } = await released({ bare: true, options: { weights: [50] } })
    await sim.runUntil(ended)
    expect(await say({ verb: 'pause' })).toEqual({ became: 'over' })
  })

  it('the run is over while somebody asks: that is not left for the next run of the workload', async () => {
    const world = worldOf()
    const { clock, stop } = stoppable(world.sim)
    const anna = await world.in(world.driver('anna', { clock, through: deaf }))
    stop(true)
    const answer = asking(world)
    await world.sim.advance(2 * second)
    expect(world.lease().run?.ask).toMatchObject({ ask: { id: 'a1' } })
    const { kind, namespace: space, name } = leaseOf(unitsOf(world.plan)[0] as Unit)
    const closed = { op: 'add', path: '/metadata/annotations/deploy~1phase', value: 'closed' } as const
    const free = { op: 'replace', path: '/spec/holderIdentity', value: '' } as const
    world.sim.cluster('one').acts.patch({ kind, namespace: space, name }, [closed, free])
    expect(await world.in(answer)).toEqual({ became: 'over' })
    expect(world.lease().run?.ask).toBeNull()
    const carl = await world.in(world.driver('carl', { run: 'r9new' }))
    expect(carl.asked()).toEqual([])
    expect(anna.asked()).toEqual([])
  })
})

describe('a home that is away', () => {
  it('is said to be, with the reason; after a whole TTL nobody is waited for any more', async () => {
    const world = worldOf()
    await world.in(world.driver('anna'))
    world.sim.cluster('one').faults.down()
    const said: string[] = []
    const began = world.sim.clock.now()
    const became = await world.in(asking(world, { say: (text) => void said.push(text) }))
    expect(became).toMatchObject({ became: 'unseen', error: { code: 'kube-refused' }, mayBeHeard: false })
    expect(world.sim.clock.now() - began).toBeGreaterThanOrEqual(30 * second)
    expect(world.sim.clock.now() - began).toBeLessThan(minute)
    expect(said.length).toBeGreaterThan(1)
    expect(said[0]).toMatch(/^the home of run r7f3k in one can't be seen, .*: asking for up to 30 s$/)
  })

  it('once something was asked leaves it open whether that was heard', async () => {
    const world = worldOf()
    await world.in(world.driver('anna'))
    const answer = asking(world)
    await world.sim.advance(2 * second)
    world.sim.cluster('one').faults.down()
    expect(await world.in(answer)).toMatchObject({ became: 'unseen', mayBeHeard: true })
  })

  it('and comes back in time is asked as ever', async () => {
    const world = worldOf()
    const anna = await world.in(world.driver('anna'))
    const up = world.sim.cluster('one').faults.down()
    const answer = asking(world)
    await world.sim.advance(20 * second)
    up()
    await world.sim.advance(12 * second)
    await anna.note({ type: 'asked', verb: 'abort', by: 'berta', id: 'a1' })
    anna.asks.answered([{ id: 'a1' }])
    expect(await world.in(answer)).toMatchObject({ became: 'answered' })
  })
})

describe('a driver that is gone', () => {
  it('is waited for for a whole TTL; then who asked may drive, and the ask is taken back', async () => {
    const world = worldOf()
    const { clock, stop } = stoppable(world.sim)
    await world.in(world.driver('anna', { clock, through: deaf }))
    stop(true)
    const began = world.sim.clock.now()
    const { pulse } = world.lease()
    expect(await world.in(asking(world))).toEqual({ became: 'unheard', gone: pulse })
    expect(world.sim.clock.now() - began).toBeGreaterThanOrEqual(30 * second)
    expect(world.lease().run?.ask).toBeNull()
    const berta = await world.in(world.driver('berta', { gone: pulse }))
    expect(world.sim.clock.now() - began).toBeLessThan(35 * second)
    expect(berta.asked()).toEqual([])
  })

  it('had journalled what was asked: the next one answers it, and does not do it again', async () => {
    const world = worldOf()
    const { clock, stop } = stoppable(world.sim)
    const anna = await world.in(world.driver('anna', { clock }))
    const answer = asking(world)
    // Renewals and the watch show it again and again.
    await world.sim.advance(12 * second)
    expect(anna.asked()).toMatchObject([{ verb: 'abort', id: 'a1' }])
    await anna.note({ type: 'asked', verb: 'abort', by: 'berta', id: 'a1' })
    stop(true)
    const carl = await world.in(world.driver('carl', { isDead: () => Promise.resolve(true) }))
    expect(await world.in(answer)).toMatchObject({ became: 'answered' })
    expect(carl.asked()).toEqual([])
  })

  it('and whose lock was broken: the next one notes by whom and why', async () => {
    const world = worldOf()
    const anna = await world.in(world.driver('anna'))
    world.sim.cluster('one').acts.patch({ kind: 'Lease', namespace: 'shop', name: 'deploy-web' }, [
      { op: 'replace', path: '/spec/holderIdentity', value: '' },
      {
        op: 'add',
        path: '/metadata/annotations/deploy~1broken',
        value: JSON.stringify({ by: 'berta', host: 'laptop', reason: 'fire', holder: 'anna on ci-7' }),
      },
    ])
    await world.sim.advance(6 * second)
    expect(anna.asked()).toEqual([{ verb: 'lost', by: 'berta broke its lock: fire' }])
    await world.in(anna.leave())
    const carl = await world.in(world.driver('carl'))
    expect(carl.asked()).toEqual([
      { verb: 'warn', by: 'berta', unit: 'web@one', because: 'berta on laptop broke the lock of anna on ci-7: fire' },
    ])
  })
})

/** It hears nothing between its renewals. */
const deaf = (cluster: Cluster): Cluster => ({
  ...cluster,
  watch: () => new Promise(() => {}),
})
