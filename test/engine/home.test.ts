import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { minute, second } from '../../src/core/time.ts'
import type { View } from '../../src/core/view.ts'
import type { Journal } from '../../src/ports.ts'
import type { Sim, SimCluster } from '../../src/sim/sim.ts'
import { type Bench, bench } from './bench.ts'
import { leftBehind } from './restored.ts'
import { passed, settled } from './moments.ts'
import { namespace } from './manifests.ts'

/** A home that can be away: who asks to be shared waits for as long. */
function home(sim: Sim) {
  const state = { away: false }
  return {
    leaves: () => void (state.away = true),
    returns: () => void (state.away = false),
    keeps: (journal: Journal): Journal => ({
      ...journal,
      get entries() {
        return journal.entries
      },
      async shared(signal) {
        while (state.away) {
          await sim.clock.sleep(100, signal)
          signal.throwIfAborted()
        }
      },
    }),
  }
}

const short = { options: { weights: [50], soak: '5s' }, bare: true } as const

describe('a home cluster that is away', () => {
  it('holds the release up until it is there again', async () => {
    const { sim, drives, until, lines } = await bench({ ...short, policy: { deadline: 10 * minute } })
    const kept = home(sim)
    const driven = drives({ journal: kept.keeps })
    const at = (await until(settled('prepare.pause'))).at
    kept.leaves()
    await sim.advance(2 * minute)
    const sentMeanwhile = lines().filter((line) => line.startsWith('1 sent'))
    kept.returns()
    expect(sentMeanwhile.at(-1)).toContain('prepare.pause')
    expect(sim.clock.now() - at).toBeGreaterThanOrEqual(2 * minute)
    expect((await sim.runUntil(driven)).exit).toBe(exitCodes.done)
    expect(lines().some((line) => line.includes('journal-unreachable'))).toBe(true)
  })

  it('does not hold up the way back for a second, not even for the step that waits for it', async () => {
    const { sim, drives, until, clusters, asks, paper, lines } = await bench(short)
    const kept = home(sim)
    const before = clusters.get('one')?.see(namespace)
    const driven = drives({ journal: kept.keeps })
    await until(passed('prepare'))
    kept.leaves()
    await sim.advance(second)
    const asked = sim.clock.now()
    asks.ask({ verb: 'abort', by: 'anna' })
    const { exit } = await sim.runUntil(driven)
    const began = paper.entries.find(
      ({ type, ...entry }) => type === 'intended' && 'way' in entry && entry.way === 'back',
    )
    expect(exit).toBe(exitCodes.takenBackWithoutVerdict)
    expect((began?.at ?? 0) - asked).toBeLessThan(second)
    expect(lines().some((line) => line.includes('refused') && line.includes('turned'))).toBe(true)
    if (before) expect(leftBehind(before, clusters.get('one')?.see(namespace) ?? before)).toEqual([])
  })

  it('for longer than a stage may take leads back, without a verdict on the version', async () => {
    const { sim, drives, until, lines } = await bench({ ...short, policy: { deadline: minute } })
    const kept = home(sim)
    const driven = drives({ journal: kept.keeps })
    await until(settled('prepare.pause'))
    kept.leaves()
    const { exit } = await sim.runUntil(driven)
    expect(lines().find((line) => line.includes('turned'))).toContain('the home cluster could not be told')
    expect(exit).toBe(exitCodes.takenBackWithoutVerdict)
  })

  it('lets a driver that is told to leave go at once, and leaves the release as it is', async () => {
    const { sim, drives, until, asks, lines } = await bench(short)
    const kept = home(sim)
    const driven = drives({ journal: kept.keeps })
    await until(passed('prepare'))
    kept.leaves()
    await sim.advance(second)
    const asked = sim.clock.now()
    asks.ask({ verb: 'detach', by: 'anna', exit: 'interrupted' })
    expect((await sim.runUntil(driven)).exit).toBe(exitCodes.interrupted)
    expect(sim.clock.now() - asked).toBeLessThan(second)
    expect(lines().filter((line) => /^\d+ turned/.test(line))).toEqual([])
  })
})

describe('three clusters', () => {
  const three = { ...short, clusters: ['one', 'two', 'three'], policy: { deadline: 10 * minute } } as const
  const away = (cluster: SimCluster | undefined): (() => void) => {
    const ends = [cluster?.faults.down(), cluster?.faults.silence()]
    return () => ends.forEach((end) => end?.())
  }
  const seen = ({ clusters }: Bench): Map<string, View> =>
    new Map([...clusters].map(([name, cluster]) => [name, cluster.see(namespace)]))
  const shares = (cluster: SimCluster | undefined): string[] => [
    ...new Set(
      cluster
        ?.traffic({ namespace, route: 'web', rate: 1 })
        .shares()
        .map(({ version }) => version),
    ),
  ]

  it('of which the home is away on the way back: requests are back in the others, and there once it returns', async () => {
    const world = await bench(three)
    const { sim, drives, until, clusters, asks } = world
    const kept = home(sim)
    const before = seen(world)
    const driven = drives({ journal: kept.keeps })
    await until((entry) => settled('weight-50.route-50')(entry) && 'unit' in entry && entry.unit === 'web@three')
    kept.leaves()
    const returns = away(clusters.get('one'))
    asks.ask({ verb: 'abort', by: 'anna' })
    await sim.advance(10 * second)
    expect([shares(clusters.get('two')), shares(clusters.get('three'))]).toEqual([['v1'], ['v1']])
    await sim.advance(3 * minute)
    kept.returns()
    returns()
    expect((await sim.runUntil(driven)).exit).toBe(exitCodes.takenBackWithoutVerdict)
    await sim.settle()
    for (const [name, view] of seen(world)) expect(leftBehind(before.get(name) ?? view, view)).toEqual([])
  })

  it('of which one is cut off for a minute: the others go on, and it catches up', async () => {
    const world = await bench(three)
    const { sim, drives, until, clusters, lines } = world
    const driven = drives()
    await until(settled('prepare.pause'))
    const cut = sim.clock.now()
    const returns = away(clusters.get('two'))
    await sim.advance(minute)
    const meanwhile = lines().filter((line) => /judged web@(one|three) · bake · pass/.test(line))
    returns()
    const { exit } = await sim.runUntil(driven)
    expect(meanwhile).toHaveLength(2)
    expect(exit).toBe(exitCodes.done)
    expect(sim.clock.now() - cut).toBeLessThan(3 * minute)
  })
})

describe('what all units begin at once', () => {
  it('is one append: a hundred units cost one entry to disk, not a hundred', async () => {
    const clusters = ['a', 'b', 'c', 'd', 'e']
    const { sim, drives } = await bench({ ...short, clusters })
    const appends: number[] = []
    const counting = (journal: Journal): Journal => ({
      ...journal,
      async append(facts, at) {
        appends.push(facts.filter(({ type }) => type === 'intended').length)
        return journal.append(facts, at)
      },
    })
    await sim.runUntil(drives({ journal: counting }))
    expect(appends.find((count) => count > 0)).toBe(clusters.length)
  })
})
