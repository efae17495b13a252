import { describe, expect, it } from 'vitest'
import { minute, second } from '../../../../src/core/time.ts'
import { warned } from '../sample-facts.ts'
import { closed, intends, signal, warnings, world } from './bench.ts'

describe('a journal in its home', () => {
  it('holds what was appended, with the chain of the file', async () => {
    const { sim, begun, copy } = world()
    const driver = await begun()
    driver.append(warned('a'), warned('b'))
    driver.append(warned('c'), intends('d'))
    await sim.runUntil(driver.writer.shared(signal))
    expect(await copy()).toEqual(driver.entries)
  })

  it('takes what is about to be sent at once, and what nobody waits for within a second', async () => {
    const { sim, begun, copy } = world()
    const driver = await begun()
    driver.append(intends('a'))
    const asked = sim.clock.now()
    await sim.runUntil(driver.writer.shared(signal))
    expect(sim.clock.now() - asked).toBeLessThan(second / 10)
    expect(await copy()).toHaveLength(1)
    driver.append(warned('b'))
    await sim.advance(second / 2)
    expect(await copy()).toHaveLength(1)
    await sim.advance(second)
    expect(await copy()).toHaveLength(2)
  })

  it('is one request for all that came together', async () => {
    const { sim, begun, writes } = world()
    const driver = await begun()
    const before = writes.length
    for (let number = 0; number < 100; number += 1) driver.append(intends(`${number}`))
    await sim.runUntil(driver.writer.shared(signal))
    expect(writes.length - before).toBe(1)
  })

  it('is asked for one request a second on average, and for sixty at once', async () => {
    const { sim, begun, writes } = world()
    const driver = await begun()
    const before = writes.length
    for (let passed = 0; passed < 10 * minute; passed += second / 4) {
      driver.append(intends(`${passed}`))
      void driver.writer.shared(signal)
      await sim.advance(second / 4)
    }
    expect(writes.length - before).toBeLessThanOrEqual(600 + 60)
    expect(writes.length - before).toBeGreaterThan(600)
  })

  it('seals a segment that is full, so that nobody can change it any more, and begins the next', async () => {
    const { sim, begun, copy, maps, cluster } = world()
    const driver = await begun()
    for (const fact of warnings(20, 20_000)) driver.append(fact)
    driver.append(intends('a'))
    await sim.runUntil(driver.writer.shared(signal))
    await sim.advance(second)
    expect(await copy()).toEqual(driver.entries)
    expect(maps().map(({ metadata, immutable }) => [metadata.name, immutable ?? false])).toEqual([
      ['deploy-run-r7f3-plan', true],
      ['deploy-run-r7f3-1', true],
      ['deploy-run-r7f3-2', true],
      ['deploy-run-r7f3-3', true],
      ['deploy-run-r7f3-4', false],
    ])
    const change = {
      verb: 'patch',
      object: { kind: 'ConfigMap', namespace: 'default', name: 'deploy-run-r7f3-2' },
    } as const
    const written = cluster.write({ ...change, ops: [{ op: 'add', path: '/data', value: { a: 'b' } }] }, { signal })
    await expect(sim.runUntil(written)).rejects.toMatchObject({ code: 'kube-invalid' })
  })

  it('has a full segment say that another follows, also where that is begun by who takes over', async () => {
    const { sim, begun, takenOver, maps, cluster } = world()
    const driver = await begun()
    const end = cluster.faults.onWrite({ kind: 'status', status: 500 }, { verb: 'create', kind: 'ConfigMap' })
    for (const fact of warnings(8, 20_000)) driver.append(fact)
    await sim.advance(5 * second)
    end()
    await takenOver()
    expect(
      maps().map(({ metadata, immutable }) => [metadata.name, immutable, metadata.labels?.['deploy/sealed']]),
    ).toEqual([
      ['deploy-run-r7f3-plan', true, undefined],
      ['deploy-run-r7f3-1', true, 'true'],
      ['deploy-run-r7f3-2', undefined, undefined],
    ])
  })

  it('that is away gets everything in one request when it is back', async () => {
    const { sim, begun, copy, writes, cluster } = world()
    const driver = await begun()
    driver.append(intends('a'))
    await sim.runUntil(driver.writer.shared(signal))
    const back = cluster.faults.down()
    for (let number = 0; number < 50; number += 1) {
      driver.append(warned(`${number}`))
      await sim.advance(second)
    }
    expect(driver.lost).toEqual([])
    driver.append(intends('b'))
    back()
    const before = writes.length
    await sim.runUntil(driver.writer.shared(signal))
    expect(writes.length - before).toBe(1)
    expect(await copy()).toEqual(driver.entries)
  })

  it('lets whoever waits go when they are told to', async () => {
    const { sim, begun, cluster } = world()
    const driver = await begun()
    cluster.faults.down()
    driver.append(intends('a'))
    const turned = new AbortController()
    const waiting = driver.writer.shared(turned.signal)
    turned.abort(new Error('the unit turns back'))
    await expect(sim.runUntil(waiting)).rejects.toThrow('the unit turns back')
  })

  it('has the end of the run when the driver leaves', async () => {
    const { sim, begun, copy } = world()
    const driver = await begun()
    driver.append(warned('a'), closed)
    expect(await sim.runUntil(driver.writer.finish(10 * second))).toBe(null)
    expect(await copy()).toEqual(driver.entries)
  })

  it('that was away for long has the end of a run whose driver leaves right after', async () => {
    const { sim, begun, cluster, copy } = world()
    const driver = await begun()
    const back = cluster.faults.down()
    driver.append(intends('a'))
    await sim.advance(40 * second)
    back()
    driver.append(closed)
    expect(await sim.runUntil(driver.writer.finish(10 * second))).toBeNull()
    expect(await copy()).toEqual(driver.entries)
  })

  it('that stays away keeps no driver longer than it said it would wait', async () => {
    const { sim, begun, cluster } = world()
    const driver = await begun()
    cluster.faults.down()
    driver.append(closed)
    const began = sim.clock.now()
    expect(await sim.runUntil(driver.writer.finish(10 * second))).toMatchObject({ code: 'kube-refused' })
    expect(sim.clock.now() - began).toBe(10 * second)
  })

  it('that somebody deleted is made again', async () => {
    const { sim, begun, copy, maps, cluster } = world()
    const driver = await begun()
    driver.append(intends('a'))
    await sim.runUntil(driver.writer.shared(signal))
    for (const { metadata } of maps())
      cluster.acts.delete({ kind: 'ConfigMap', namespace: 'default', name: metadata.name })
    driver.append(intends('b'))
    await sim.runUntil(driver.writer.shared(signal))
    expect(await copy()).toEqual(driver.entries)
  })
})

describe('two drivers of one run', () => {
  it('the one that was taken over from adds nothing any more, and learns of it', async () => {
    const { sim, begun, takenOver, copy } = world()
    const stale = await begun()
    stale.append(intends('a'))
    await sim.runUntil(stale.writer.shared(signal))
    const next = await takenOver()
    for (let number = 0; number < 40; number += 1) {
      stale.append(intends(`stale ${number}`))
      next.append(intends(`next ${number}`))
      for (const driver of [stale, next]) driver.writer.shared(signal).catch(() => {})
      await sim.advance(second / 3)
    }
    await sim.runUntil(next.writer.shared(signal))
    expect(await copy()).toEqual(next.entries)
    expect(next.lost).toEqual([])
    expect(stale.lost.map(({ code, exit }) => [code, exit])).toEqual([['run-lost', 'locked']])
    await expect(stale.writer.shared(signal)).rejects.toMatchObject({ code: 'run-lost' })
  })

  it('adds nothing even before the one that took over has written anything', async () => {
    const { sim, begun, takenOver, copy } = world()
    const stale = await begun()
    stale.append(intends('a'))
    await sim.runUntil(stale.writer.shared(signal))
    const next = await takenOver()
    stale.append(intends('stale'))
    await expect(sim.runUntil(stale.writer.shared(signal))).rejects.toMatchObject({ code: 'run-lost' })
    expect(await copy()).toEqual(next.entries)
  })
})

describe('a request that arrives long after it was given up on', () => {
  it('changes nothing: what was written meanwhile stays', async () => {
    const { sim, begun, copy, delays } = world()
    const driver = await begun()
    delays(30 * second)
    driver.append(intends('a'))
    void driver.writer.shared(signal)
    await sim.advance(second / 10)
    driver.append(intends('b'))
    await sim.runUntil(driver.writer.shared(signal))
    await sim.advance(minute)
    expect(await copy()).toEqual(driver.entries)
    driver.append(intends('c'))
    await sim.runUntil(driver.writer.shared(signal))
    expect(await copy()).toEqual(driver.entries)
  })
})
