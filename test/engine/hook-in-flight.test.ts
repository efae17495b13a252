import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import type { Entry } from '../../src/core/journal.ts'
import type { Hook } from '../../src/core/plan.ts'
import { minute, second, type Millis } from '../../src/core/time.ts'
import type { Hooks } from '../../src/ports.ts'
import { metricsOf } from '../../src/sim/metrics.ts'
import type { Sim } from '../../src/sim/sim.ts'
import { bench } from './bench.ts'
import { namespace } from './manifests.ts'
import { intended, paused } from './moments.ts'
import { leftBehind } from './restored.ts'

const hook = (name: string): Hook => ({ argv: [`./${name}`], timeout: 20 * minute })

/** A hook takes its time in one cluster, none elsewhere, and says when it was ended. */
function lasting(sim: Sim, name: string, takes: Millis, cluster = 'one') {
  const seen: string[] = []
  const hooks: Hooks = {
    async run({ argv: [program] }, env, signal) {
      const unit = env['DEPLOY_UNIT'] ?? ''
      seen.push(`${unit} ${program}`)
      if (program === `./${name}` && unit.endsWith(cluster)) await sim.clock.sleep(takes, signal)
      seen.push(`${unit} ${program} ${signal.aborted ? 'was ended' : 'is done'}`)
      return { receipt: { exitCode: signal.aborted ? 143 : 0 }, timedOut: false, kept: async () => null }
    },
  }
  return { hooks, seen }
}

const turned = (entry: Entry): boolean => entry.type === 'turned'
const in50 = intended('weight-50.after-weight-1')
const short = { options: { weights: [50], soak: '30s', bake: '5s' }, bare: true } as const

describe('a hook of ten minutes in one cluster', () => {
  const rollback = { when: ['error-rate > 5% for 5m'] }
  const wish = { ...short, clusters: ['one', 'two'], rollback }

  async function failing() {
    const world = await bench(wish, { 'after-weight': [hook('smoke')], 'on-rollback': [hook('tell')] })
    const { sim, clusters, drives, until } = world
    const { hooks, seen } = lasting(sim, 'smoke', 10 * minute)
    const metrics = new Map([...clusters].map(([name, cluster]) => [name, metricsOf(cluster, namespace)]))
    const before = new Map([...clusters].map(([name, cluster]) => [name, cluster.see(namespace)]))
    for (const cluster of clusters.values()) cluster.traffic({ namespace, route: 'web', rate: 100 })
    const driven = drives({ hooks, metrics })
    await until((entry) => in50(entry) && 'unit' in entry && entry.unit === 'web@two')
    await sim.advance(5 * second)
    const bad = sim.clock.now()
    clusters.get('two')?.acts.misbehave(namespace, { 'deploy/release': 'r7f3' }, 'err100')
    const every = metrics.get('two')?.every ?? 0
    const turn = await sim.runUntil(until(turned))
    return { ...world, seen, before, driven, noticed: turn.at - bad, every }
  }

  it('does not keep another from seeing its alarm: it fires within two polls', async () => {
    const { noticed, every, seen } = await failing()
    expect(every).toBeGreaterThan(0)
    expect(noticed).toBeLessThanOrEqual(2 * every)
    expect(seen).not.toContain('web@one ./smoke is done')
  })

  it('is not interrupted by the turn, and keeps no request; what takes it back waits for its end', async () => {
    const { sim, seen, driven, until, paper, clusters, before } = await failing()
    const isBack = (entry: Entry): boolean =>
      entry.type === 'settled' && entry.step === 'back.route-web' && entry.unit === 'web@one'
    if (!paper.entries.some(isBack)) await sim.runUntil(until(isBack))
    expect(seen.filter((line) => line.startsWith('web@one'))).toEqual(['web@one ./smoke'])
    expect((await sim.runUntil(driven)).exit).toBe(exitCodes.takenBack)
    const [one] = [seen.filter((line) => line.startsWith('web@one'))]
    expect(one).toEqual(['web@one ./smoke', 'web@one ./smoke is done', 'web@one ./tell', 'web@one ./tell is done'])
    await sim.settle()
    for (const [name, cluster] of clusters) {
      const old = before.get(name)
      if (old) expect(leftBehind(old, cluster.see(namespace))).toEqual([])
    }
  })
})

describe('a driver that is told to end in the middle of a hook', () => {
  const begun = async () => {
    const world = await bench(short, { 'after-weight': [hook('smoke')] })
    const timed = lasting(world.sim, 'smoke', 10 * minute)
    const driven = world.drives({ hooks: timed.hooks })
    await world.until(in50)
    await world.sim.advance(second)
    return { ...world, ...timed, driven }
  }

  it('brings requests back first, then ends it and leaves', async () => {
    const { sim, asks, driven, seen, lines } = await begun()
    const asked = sim.clock.now()
    asks.ask({ verb: 'leave', by: 'SIGTERM', exit: 'terminated' })
    expect((await sim.runUntil(driven)).exit).toBe(exitCodes.terminated)
    expect(sim.clock.now() - asked).toBeLessThan(5 * second)
    expect(seen).toEqual(['web@one ./smoke', 'web@one ./smoke was ended'])
    expect(lines().some((line) => line.includes('settled web@one · back.route-web'))).toBe(true)
    expect(lines().filter((line) => line.includes('after-weight-1') && !line.includes('intended'))).toEqual([])
  })

  it('leaves the question whether it was done to whoever comes next', async () => {
    const { sim, asks, driven, drives, lines, hooks } = await begun()
    asks.ask({ verb: 'detach', by: 'anna', exit: 'interrupted' })
    expect((await sim.runUntil(driven)).exit).toBe(exitCodes.interrupted)
    expect((await sim.runUntil(drives({ hooks }))).exit).toBe(exitCodes.paused)
    expect(lines().some((line) => line.includes('unknown-outcome'))).toBe(true)
  })

  it('goes on without it when a human says that it was done, and soaks the stage all the same', async () => {
    const { sim, asks, driven, drives, until, hooks, seen, paper } = await begun()
    asks.ask({ verb: 'detach', by: 'anna', exit: 'interrupted' })
    await sim.runUntil(driven)
    const next = drives({ hooks, attended: true })
    await until(paused('unknown-outcome'))
    asks.ask({ verb: 'promote', by: 'anna', stage: 'weight-50' })
    const again = await sim.runUntil(until(({ type }) => type === 'resumed'))
    const passed = await sim.runUntil(
      until((entry) => entry.type === 'judged' && entry.stage === 'weight-50' && entry.answer === 'pass'),
    )
    expect(passed.at - again.at).toBeGreaterThanOrEqual(30 * second)
    expect((await sim.runUntil(next)).exit).toBe(exitCodes.done)
    expect(seen.filter((line) => line === 'web@one ./smoke')).toHaveLength(2)
    const runs = paper.entries.filter((entry) => entry.type === 'intended' && entry.step === 'weight-50.after-weight-1')
    expect(runs).toHaveLength(1)
  })
})
