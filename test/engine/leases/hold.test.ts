import { describe, expect, it } from 'vitest'
import { DeployError } from '../../../src/core/errors.ts'
import type { Lease } from '../../../src/core/lease/lease.ts'
import { minute, second } from '../../../src/core/time.ts'
import { Locked } from '../../../src/engine/leases/refused.ts'
import type { Cluster } from '../../../src/ports.ts'
import { stoppable, worldOf } from './drivers.ts'

const other = { run: 'r2222' }

const rejected = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

describe('two drivers at once', () => {
  it('of which exactly one gets all Leases, and the other stops at the first in name order', async () => {
    const world = worldOf(['b', 'a', 'c'])
    const results = await world.in(Promise.allSettled([world.driver('anna'), world.driver('berta', other)]))
    const won = results.find((one) => one.status === 'fulfilled')
    const lost: unknown = results.find((one) => one.status === 'rejected')?.reason
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(lost).toBeInstanceOf(Locked)
    expect(lost).toMatchObject({ place: { cluster: 'a' } })
    expect(new Set(['a', 'b', 'c'].map((name) => world.lease(name).holder)).size).toBe(1)
    await world.in(won?.value.leave() ?? Promise.resolve())
    expect(['a', 'b', 'c'].map((name) => world.lease(name).holder)).toEqual([null, null, null])
  })

  it('of which one meets the other at its last Lease puts those before it back as they were', async () => {
    const world = worldOf(['a', 'b'])
    const first = await world.in(world.driver('anna'))
    await first.note({ type: 'closed', exit: 0, outcome: 'done' })
    await world.in(first.leave())
    const before = world.lease('a')
    const onlyB = worldOf(['b'], world.sim)
    let taken: Promise<unknown> | null = null
    const late = (cluster: Cluster): Cluster => ({
      ...cluster,
      async write(write, call) {
        if (cluster.name === 'b') await (taken ??= onlyB.driver('berta', { run: 'r3333' }))
        return cluster.write(write, call)
      },
    })
    const error = await world.in(rejected(world.driver('carl', { ...other, through: late })))
    expect(error).toMatchObject({ code: 'locked', exit: 'locked', place: { cluster: 'b' } })
    expect(world.lease('a')).toEqual({ ...before, version: world.lease('a').version })
    expect(world.lease('a').version).not.toBe(before.version)
  })
})

describe('the Leases of many clusters', () => {
  /** In which order Leases were asked for and answered. */
  const told = (lines: string[]) => (cluster: Cluster) => ({
    ...cluster,
    async write(...args: Parameters<Cluster['write']>) {
      lines.push(`ask ${cluster.name}`)
      const answer = await cluster.write(...args)
      lines.push(`got ${cluster.name}`)
      return answer
    },
  })
  const turn = (name: string): string[] => [`ask ${name}`, `got ${name}`]

  it('are taken in turns by a new run; whoever goes on with it has the others at once when it has the first', async () => {
    const names = ['a', 'b', 'c', 'd']
    const world = worldOf(names)
    const [begun, resumed]: [string[], string[]] = [[], []]
    const anna = await world.in(world.driver('anna', { through: told(begun) }))
    await world.in(anna.leave())
    await world.in(world.driver('berta', { through: told(resumed) }))
    expect(begun.slice(0, 8)).toEqual(names.flatMap(turn))
    expect(resumed.slice(0, 5)).toEqual([...turn('a'), 'ask b', 'ask c', 'ask d'])
  })
})

describe('a holder', () => {
  it('that is paused for more than a TTL is taken over, and stops at its next renewal', async () => {
    const world = worldOf()
    const { clock, stop } = stoppable(world.sim)
    const anna = await world.in(world.driver('anna', { clock }))
    stop(true)
    const began = world.sim.clock.now()
    const berta = await world.in(world.driver('berta'))
    expect(world.sim.clock.now() - began).toBeGreaterThanOrEqual(30 * second)
    expect(anna.held.mayBegin('web@one')).toBe(false)
    expect(berta.held.epoch).toBe(2)
    stop(false)
    await world.sim.advance(6 * second)
    expect(anna.asked()).toEqual([{ verb: 'lost', by: 'berta on berta-host (process 7) drives web@one now' }])
    await world.in(anna.leave())
    expect(world.lease().holder).toBe('berta')
  })

  it('that renews is not taken over, however long one waits', async () => {
    const world = worldOf()
    const anna = await world.in(world.driver('anna'))
    const error = await world.in(rejected(world.driver('berta')))
    expect(error).toMatchObject({ code: 'locked', why: 'it is driven by anna on anna-host, process 7' })
    expect(anna.asked()).toEqual([])
  })

  it('whose process is known to be dead is taken over at once', async () => {
    const world = worldOf()
    const { clock, stop } = stoppable(world.sim)
    await world.in(world.driver('anna', { clock }))
    stop(true)
    const began = world.sim.clock.now()
    const berta = await world.in(world.driver('berta', { isDead: () => Promise.resolve(true) }))
    expect(world.sim.clock.now() - began).toBeLessThan(second)
    expect(berta.held.epoch).toBe(2)
  })

  it('that nobody could see, or that could not renew, does not count as gone', async () => {
    const world = worldOf()
    const anna = await world.in(world.driver('anna'))
    const waits = rejected(world.driver('berta'))
    await world.sim.advance(100)
    const up = world.sim.cluster('one').faults.down()
    await world.sim.advance(minute)
    up()
    expect(await world.in(waits)).toBeInstanceOf(Locked)
    expect(anna.asked()).toEqual([])
  })

  it('leaves an open run, which nobody but its own next driver may go on with', async () => {
    const world = worldOf()
    const anna = await world.in(world.driver('anna'))
    await anna.note({ type: 'paused', units: ['web@one'], cause: 'human', why: 'wait' })
    await world.in(anna.leave())
    await world.sim.advance(10 * minute)
    const error = await world.in(rejected(world.driver('berta', other)))
    expect(error).toMatchObject({
      code: 'locked',
      what: expect.stringMatching(
        /^web in one is held: run r7f3k \(canary v1.2.3, begun 10 min( 0 s)? ago\) is paused/,
      ),
      why: expect.stringMatching(/^nobody drives it since 20.*, last it was anna on anna-host, process 7$/),
      remedy: 'deploy resume r7f3k goes on with it, deploy abort r7f3k takes it back',
    })
    const next = await world.in(world.driver('carl'))
    await next.note({ type: 'closed', exit: 0, outcome: 'done' })
    await world.in(next.leave())
    expect(world.lease()).toMatchObject({ holder: null, run: { run: 'r7f3k', phase: 'closed' } })
    expect((await world.in(world.driver('dora', other))).held.epoch).toBe(1)
  })

  it('that dies before its run is kept anywhere leaves nothing open', async () => {
    const world = worldOf()
    const { clock, stop } = stoppable(world.sim)
    const died = world.driver('anna', { clock, through: deafAfter(1) })
    died.catch(() => {})
    await world.sim.advance(second)
    stop(true)
    const berta = await world.in(world.driver('berta', other))
    expect(world.lease()).toMatchObject({ holder: 'berta', run: { run: 'r2222', phase: 'open' } })
    expect(berta.held.epoch).toBe(1)
  })
})

/** Writes after the first ones never arrive. */
const deafAfter = (writes: number) => {
  let count = 0
  return (cluster: Cluster): Cluster => ({
    ...cluster,
    write: (write, call) => ((count += 1) > writes ? new Promise(() => {}) : cluster.write(write, call)),
  })
}

describe('a hundred takeovers with a stale driver racing', () => {
  it('let nobody write a Lease who has lost it', async () => {
    const world = worldOf()
    const late: string[] = []
    let holder = ''
    let stale = stoppable(world.sim)
    let present = await world.in(world.driver('d0', { clock: stale.clock }))
    holder = 'd0'
    for (let index = 1; index <= 100; index += 1) {
      const name = `d${index}`
      stale.stop(true)
      const before = stale
      stale = stoppable(world.sim)
      const next = await world.in(
        world.driver(name, { clock: stale.clock, through: told(name, late, () => holder), isDead: async () => true }),
      )
      const old = present
      holder = name
      before.stop(false)
      await world.sim.advance((index % 7) * second)
      await world.in(old.leave())
      if (world.lease().holder !== name) late.push(`${name} lost it to ${world.lease().holder}`)
      present = next
    }
    expect(late).toEqual([])
    expect(present.held.epoch).toBe(101)
    await world.in(present.leave())
  })
})

/** Notes each write of a driver that took effect after another one had taken over. */
const told =
  (name: string, late: string[], holder: () => string) =>
  (cluster: Cluster): Cluster => ({
    ...cluster,
    async write(write, call) {
      const wasStale = Number(holder().slice(1)) > Number(name.slice(1))
      const object = await cluster.write(write, call)
      if (wasStale) late.push(`${name} wrote while ${holder()} held it`)
      return object
    },
  })

describe('a cluster that is away', () => {
  it('stops what is begun there and nowhere else, and catches up', async () => {
    const world = worldOf(['a', 'b', 'c'])
    const { held, asked, leave } = await world.in(world.driver('anna'))
    const may = (): boolean[] => ['a', 'b', 'c'].map((name) => held.mayBegin(`web@${name}`))
    const up = world.sim.cluster('b').faults.down()
    await world.sim.advance(15 * second)
    expect(may()).toEqual([true, true, true])
    await world.sim.advance(15 * second)
    expect(may()).toEqual([true, false, true])
    up()
    await world.sim.advance(8 * second)
    expect(may()).toEqual([true, true, true])
    expect(asked()).toEqual([])
    await world.in(leave())
  })
})

describe('a run that only goes back', () => {
  const none: ReadonlyMap<string, DeployError> = new Map()

  it('is held where its clusters answer; what is away is named and said', async () => {
    const world = worldOf(['a', 'b', 'c'])
    const anna = await world.in(world.driver('anna'))
    await world.in(anna.leave())
    world.sim.cluster('a').faults.down()
    const why = new DeployError({ code: 'kube-dns', what: 'no such host' })
    const said: string[] = []
    const back = { away: new Map([['b', why]]), say: (text: string) => said.push(text) }
    const berta = await world.in(world.driver('berta', back))
    expect([...berta.held.away].map(([unit, { code }]) => [unit, code])).toEqual([
      ['web@b', 'kube-dns'],
      ['web@a', 'kube-refused'],
    ])
    expect(['a', 'b', 'c'].map((name) => world.lease(name).holder)).toEqual([null, null, 'berta'])
    expect(berta.held.epoch).toBe(2)
    expect(said[0]).toBe(
      "web@b can't be reached: it is not taken back now; run deploy abort r7f3k again when it can (no such host)",
    )
    await world.in(berta.leave())
  })

  it('goes forward nowhere without all its Leases', async () => {
    const world = worldOf(['a', 'b'])
    world.sim.cluster('a').faults.down()
    expect(await world.in(rejected(world.driver('berta')))).toMatchObject({ code: 'kube-refused' })
  })

  it('does not wait for ever for a driver whose cluster falls away meanwhile, and says that it did', async () => {
    const world = worldOf(['a', 'b'])
    const { clock, stop } = stoppable(world.sim)
    await world.in(world.driver('anna', { clock }))
    stop(true)
    const said: string[] = []
    const berta = world.driver('berta', { away: none, say: (text) => said.push(text) })
    await world.sim.advance(5 * second)
    world.sim.cluster('a').faults.down()
    const { held } = await world.in(berta)
    expect([...held.away.keys()]).toEqual(['web@a'])
    expect(said.some((text) => text.startsWith("a can't be seen meanwhile: "))).toBe(true)
  })

  it('is left to a driver that is alive in any of its clusters', async () => {
    const world = worldOf(['a', 'b'])
    const anna = await world.in(world.driver('anna'))
    const why = new DeployError({ code: 'kube-dns', what: 'no such host' })
    const berta = rejected(world.driver('berta', { away: new Map([['a', why]]) }))
    expect(await world.in(berta)).toBeInstanceOf(Locked)
    expect(anna.asked()).toEqual([])
  })

  it('is refused where not one cluster answers', async () => {
    const world = worldOf(['a', 'b'])
    for (const name of ['a', 'b']) world.sim.cluster(name).faults.down()
    expect(await world.in(rejected(world.driver('berta', { away: none })))).toMatchObject({ code: 'kube-refused' })
  })
})

describe('the Lease of a run', () => {
  it('follows it', async () => {
    const world = worldOf()
    const { note, leave } = await world.in(world.driver('anna'))
    const seen: (string | undefined)[] = []
    const look = async (): Promise<void> => {
      await world.sim.advance(second)
      seen.push(world.lease().run?.phase)
    }
    await look()
    await note({ type: 'paused', units: ['web@one'], cause: 'asked', why: 'asked by anna' })
    await look()
    await note({ type: 'resumed', units: ['web@one'], by: 'anna' })
    await look()
    await note({ type: 'turned', units: ['web@one'], to: 'frozen', why: 'x', cause: 'failed' })
    await look()
    await note({ type: 'closed', exit: 4, outcome: 'x' })
    await world.in(leave())
    seen.push(world.lease().run?.phase)
    expect(seen).toEqual(['open', 'paused', 'open', 'frozen', 'closed'])
  })

  it('that somebody else made is refused by name, and left alone', async () => {
    const world = worldOf()
    const cluster = world.sim.cluster('one')
    cluster.acts.apply([
      {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'deploy-web', namespace: 'shop' },
        spec: { holderIdentity: 'deploy-web-controller-0' },
      },
    ])
    const error = await world.in(rejected(world.driver('anna')))
    expect(error).toMatchObject({
      code: 'lease-foreign',
      what: expect.stringContaining('deploy-web-controller-0 holds it'),
      remedy: expect.stringContaining('kubectl -n shop delete lease deploy-web'),
    })
    expect(world.lease().holder).toBe('deploy-web-controller-0')
  })

  it('whose epoch no driver can have written is taken all the same, and that is said', async () => {
    const world = worldOf()
    const anna = await world.in(world.driver('anna'))
    await world.in(anna.leave())
    const lease = { kind: 'Lease', namespace: 'shop', name: 'deploy-web' } as const
    world.sim.cluster('one').acts.annotate(lease, { 'deploy/epoch': '2000000000' })
    const said: string[] = []
    const berta = await world.in(world.driver('berta', { epoch: 1, say: (text) => said.push(text) }))
    expect(berta.held.epoch).toBe(2)
    expect(said).toEqual([
      "lease/deploy-web in one says that driver 2000000000 held it, which can't be: that is not counted",
    ])
  })

  it('whose holder has a strange name is told in one line, and its Lease is held and lost as any other', async () => {
    const world = worldOf()
    const anna = await world.in(world.driver('anna\n::error::boom'))
    const lease = { kind: 'Lease', namespace: 'shop', name: 'deploy-web' } as const
    await world.sim.advance(6 * second)
    expect(anna.asked()).toEqual([])
    world.sim.cluster('one').acts.annotate(lease, { 'deploy/release': 'x' })
    const said: string[] = []
    const error = await world.in(rejected(world.driver('berta', { say: (text) => said.push(text) })))
    expect(error).toBeInstanceOf(Locked)
    expect([...said, (error as Locked).what, (error as Locked).why].join(' ')).not.toContain('\n')
    expect(said[0]).toContain(String.raw`anna\n::error::boom`)
  })

  it('that may not be taken is refused with the rule to add', async () => {
    const world = worldOf()
    world.sim.cluster('one').faults.onWrite({ kind: 'status', status: 403 }, { kind: 'Lease' })
    const error = await world.in(rejected(world.driver('anna')))
    expect(error).toMatchObject({
      code: 'lease-forbidden',
      exit: 'refused',
      remedy: expect.stringContaining(
        '{ apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, list, watch, create, patch] }',
      ),
    })
  })

  it('whose taking was not heard of is known to be taken', async () => {
    const world = worldOf()
    world.sim.cluster('one').faults.onWrite({ kind: 'lost-reply' }, { kind: 'Lease', nth: 1 })
    const anna = await world.in(world.driver('anna'))
    expect(world.lease().holder).toBe('anna')
    await world.in(anna.leave())
  })

  it('that was deleted is made again by its driver', async () => {
    const world = worldOf()
    const anna = await world.in(world.driver('anna'))
    world.sim.cluster('one').acts.delete({ kind: 'Lease', namespace: 'shop', name: 'deploy-web' })
    await world.sim.advance(6 * second)
    expect<Partial<Lease>>(world.lease()).toMatchObject({ holder: 'anna', run: { run: 'r7f3k', phase: 'open' } })
    expect(anna.asked()).toEqual([])
    await world.in(anna.leave())
  })
})
