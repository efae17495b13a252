import { describe, expect, it } from 'vitest'
import { establish, further, takeHome } from '../../../../src/adapters/journal/home/establish.ts'
import { keptRuns } from '../../../../src/adapters/journal/home/find.ts'
import { followHome, type Hearing } from '../../../../src/adapters/journal/home/follow.ts'
import { readHome } from '../../../../src/adapters/journal/home/read.ts'
import { retain } from '../../../../src/adapters/journal/home/retain.ts'
import { chained } from '../../../../src/adapters/journal/chain.ts'
import type { DeployError } from '../../../../src/core/errors.ts'
import type { Fact } from '../../../../src/core/journal.ts'
import { second } from '../../../../src/core/time.ts'
import type { Cluster } from '../../../../src/ports.ts'
import { createSim, type SimCluster } from '../../../../src/sim/sim.ts'
import { planOf } from '../../../support/plans.ts'
import { warned, words } from '../sample-facts.ts'
import { call, closed, hash, namespace, plan, run, signal, warnings, world } from './bench.ts'

/** Runs of services, each with these facts, one second after the other. */
async function clusterWith(runs: readonly { run: string; service?: string; facts: readonly Fact[] }[]) {
  const sim = createSim()
  const cluster = sim.cluster('home')
  for (const { run: id, service = 'web', facts } of runs) {
    const home = { cluster, place: { namespace, run: id, service } }
    const joined = await sim.runUntil(establish({ ...home, plan, planHash: hash, epoch: 1 }, call))
    const entries = chained(facts, { last: undefined, planHash: hash, epoch: 1, at: sim.clock.now() })
    if (entries.length > 0) await sim.runUntil(further(home, joined, entries, call))
    await sim.advance(second)
  }
  return { sim, cluster }
}

/** A run whose first segment is full and does not say that another follows, as of a driver that died before it did. */
async function unlabelled(...facts: readonly Fact[]) {
  const { sim, cluster } = await clusterWith([{ run: 'r1', facts: [opened] }])
  const home = { cluster, place: { namespace, run: 'r1', service: 'web' } }
  const taken = await sim.runUntil(takeHome(home, 1, call))
  if (!taken) throw new Error('there is nothing to go on with')
  const { copy, epoch } = taken
  let { joined } = taken
  const more = chained(facts, { last: copy.entries.at(-1), planHash: hash, epoch, at: sim.clock.now() })
  while (joined.seq < copy.entries.length + more.length)
    joined = await sim.runUntil(further(home, joined, more.slice(joined.seq - copy.entries.length), call))
  const selectors: (string | undefined)[] = []
  const port: Cluster = {
    ...cluster,
    list(what, options) {
      selectors.push(what.labelSelector)
      return cluster.list(what, options)
    },
  }
  const told = async (want: 'open' | 'any') =>
    (await sim.runUntil(keptRuns({ cluster: port, namespace }, want, call))).map((one) => [one.run, one.isOpen])
  return { told, selectors, number: joined.standing.number }
}

const runsIn = (cluster: SimCluster): string[] => [
  ...new Set(
    [...cluster.see(namespace).objects.values()].flatMap(({ metadata }) => metadata.labels?.['deploy/run'] ?? []),
  ),
]

const opened: Fact = { type: 'opened', run: 'r1', plan: 'h', by: 'anna', host: 'ci' }

describe('runs that a namespace keeps', () => {
  it('are told in one request, open ones by themselves, the one that was last written first', async () => {
    const { sim, cluster } = await clusterWith([
      { run: 'r1', facts: [opened] },
      { run: 'r2', facts: [opened, closed] },
      { run: 'r3', facts: [opened], service: 'api' },
      { run: 'r4', facts: [] },
    ])
    const told = (want: 'open' | 'any') => sim.runUntil(keptRuns({ cluster, namespace }, want, call))
    expect((await told('open')).map((one) => [one.run, one.service])).toEqual([
      ['r3', 'api'],
      ['r1', 'web'],
      ['r4', 'web'],
    ])
    expect((await told('any')).map((one) => [one.run, one.isOpen])).toEqual([
      ['r3', true],
      ['r2', false],
      ['r1', true],
      ['r4', true],
    ])
  })

  it('are over by their last segment, also where the full one before it does not say that another follows', async () => {
    const { told, selectors, number } = await unlabelled(...warnings(5, 40_000), closed)
    expect(number).toBe(2)
    expect([await told('open'), await told('any')]).toEqual([[], [['r1', false]]])
    // Of those that are over nothing is read but what belongs to this run.
    expect(selectors[1]).toContain('deploy/run in (r1)')
  })

  it('are open once, by their last segment, however many say that none follows', async () => {
    const { told, number } = await unlabelled(...warnings(8, 40_000))
    expect(number).toBe(3)
    expect([await told('open'), await told('any')]).toEqual([[['r1', true]], [['r1', true]]])
  })

  it('are asked for once where no last segment is full', async () => {
    const { told, selectors } = await unlabelled(warned('a'))
    expect(await told('open')).toEqual([['r1', true]])
    expect(selectors).toHaveLength(1)
  })

  it('are those of the last ten that are over, for each service; open ones stay', async () => {
    const ids = Array.from({ length: 13 }, (_, index) => `r${100 + index}`)
    const { sim, cluster } = await clusterWith([
      { run: 'r0', facts: [opened] },
      { run: 'rapi', facts: [opened, closed], service: 'api' },
      ...ids.map((id) => ({ run: id, facts: [opened, closed] })),
    ])
    const home = { cluster, place: { namespace, run: 'r112', service: 'web' } }
    expect(await sim.runUntil(retain(home, call))).toEqual(['r102', 'r101', 'r100'])
    expect(runsIn(cluster)).toEqual(['r0', 'rapi', ...ids.slice(3)])
  })

  it('that can not be removed are left to the next one that closes', async () => {
    const { sim, cluster } = await clusterWith(
      Array.from({ length: 11 }, (_, index) => ({ run: `r${100 + index}`, facts: [closed] })),
    )
    cluster.faults.onWrite({ kind: 'status', status: 403 }, { verb: 'delete' })
    const home = { cluster, place: { namespace, run: 'r110', service: 'web' } }
    expect(await sim.runUntil(retain(home, call))).toEqual([])
    expect(runsIn(cluster)).toHaveLength(11)
  })
})

describe('a run that is followed', () => {
  it('tells each entry once, through full segments, until it is over', async () => {
    const { sim, cluster, begun } = world()
    const driver = await begun()
    driver.append(opened)
    const seen: string[] = []
    const following = (async () => {
      for await (const entry of followHome({ cluster, namespace, run, clock: sim.clock, signal }))
        seen.push(words([entry])[0]?.slice(0, 3) ?? '')
    })()
    for (let round = 0; round < 5; round += 1) {
      driver.append(...warnings(4, 20_000), warned(`end ${round}`))
      await sim.advance(3 * second)
    }
    driver.append(closed)
    await sim.runUntil(following)
    expect(seen).toHaveLength(driver.entries.length)
    expect(seen.at(-1)).toBe('clo')
  })

  /** A run that is over, followed while its cluster is away from the first look on, or from the one after. */
  const outage = async (looks: 'first' | 'second', hearing?: Hearing) => {
    const { sim, cluster, begun } = world()
    const driver = await begun()
    driver.append(opened)
    await sim.advance(second)
    const away = looks === 'first' ? cluster.faults.down() : undefined
    const seen: string[] = []
    const following = (async () => {
      for await (const { type } of followHome({
        cluster,
        namespace,
        run,
        clock: sim.clock,
        signal,
        ...(hearing && { hearing }),
      }))
        seen.push(type)
    })()
    // It may end before it is waited for.
    following.catch(() => {})
    await sim.advance(second)
    const back = away ?? cluster.faults.down()
    await sim.advance(20 * second)
    back()
    driver.append(closed)
    await sim.runUntil(following)
    return seen
  }

  it.each(['first', 'second'] as const)(
    'is told to its end where the %s look fails and that may pass',
    async (looks) => {
      const told: string[] = []
      const hearing = {
        unheard: (error: unknown) => void told.push((error as DeployError).code),
        heard: () => void told.push('heard'),
      }
      expect(await outage(looks, hearing)).toEqual(['opened', 'closed'])
      expect([new Set(told), told.at(-1)]).toEqual([new Set(['kube-refused', 'heard']), 'heard'])
    },
  )

  it('is told no further after a look that failed where nobody says that this may pass', async () => {
    await expect(outage('second')).rejects.toMatchObject({ code: 'kube-refused' })
  })
})

describe('the plan', () => {
  it('of a hundred units takes tens of kilobytes, and comes back to the letter', async () => {
    const [wave] = planOf().waves
    const [unit] = wave?.units ?? []
    if (!wave || !unit) throw new Error('a plan without a unit')
    const text = JSON.stringify(unit)
    const units = Array.from({ length: 100 }, (_, index) =>
      JSON.parse(text.replaceAll('7c9f6d5b8', `${7_000_000 + index * 7919}`).replaceAll('web@', `web@c${index}-`)),
    )
    const large = { ...planOf(), waves: [{ ...wave, units }] }
    const { sim, cluster, begun, maps } = world({ plan: large })
    await begun()
    const kept = maps().find(({ metadata }) => metadata.name.endsWith('-plan'))
    expect(JSON.stringify(large).length).toBeGreaterThan(3_000_000)
    expect(JSON.stringify(kept).length).toBeLessThan(60_000)
    expect((await sim.runUntil(readHome({ cluster, namespace, run }, call)))?.plan).toEqual(large)
  })

  it('that does not fit into one object is kept in several', async () => {
    const noise = Array.from({ length: 200_000 }, (_, index) => Math.sin(index).toString(36)).join('')
    const large = { ...plan, warnings: [noise] }
    const { sim, cluster, begun, maps } = world({ plan: large })
    await begun()
    expect(maps().filter(({ immutable }) => immutable).length).toBeGreaterThan(1)
    expect((await sim.runUntil(readHome({ cluster, namespace, run }, call)))?.plan).toEqual(large)
  })
})
