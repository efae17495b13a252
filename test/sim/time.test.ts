import { describe, expect, it } from 'vitest'
import { createSim } from '../../src/sim/sim.ts'
import { call, namespace, shop, signal, web } from '../support/sim-shop.ts'

const day = 24 * 3_600_000

describe('virtual time', () => {
  it('moves only when somebody waits for it, and then at once', async () => {
    const { clock } = createSim({ start: 0 })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(clock.now()).toBe(0)
    await clock.sleep(day, signal)
    expect(clock.now()).toBe(day)
  })

  it('lets everybody finish what they do at a moment before it goes on', async () => {
    const { clock } = createSim({ start: 0 })
    const seen: string[] = []
    const worker = async (name: string, pause: number) => {
      for (let round = 0; round < 3; round += 1) {
        await clock.sleep(pause, signal)
        for (let index = 0; index < 5; index += 1) await Promise.resolve()
        seen.push(`${name} ${clock.now()}`)
      }
    }
    await Promise.all([worker('a', 10), worker('b', 15)])
    expect(seen).toEqual(['a 10', 'b 15', 'a 20', 'b 30', 'a 30', 'b 45'])
  })

  it('stands still during work that really takes time', async () => {
    const { clock, during } = createSim({ start: 0 })
    const asleep = clock.sleep(1000, signal)
    await during(new Promise((resolve) => setTimeout(resolve, 20)))
    expect(clock.now()).toBe(0)
    await asleep
    expect(clock.now()).toBe(1000)
  })

  it('wakes who is called off', async () => {
    const { clock } = createSim({ start: 0 })
    const stop = new AbortController()
    const asleep = clock.sleep(day, stop.signal)
    stop.abort()
    await asleep
    expect(clock.now()).toBe(0)
  })

  it('has an end for work that never ends', async () => {
    const { runUntil, clock } = createSim({ start: 0 })
    await expect(runUntil(new Promise(() => {}), 5000)).rejects.toThrow(/not done/)
    expect(clock.now()).toBe(5000)
  })
})

describe('time that is paced', () => {
  it('goes on by itself, so many times as fast as outside, and what is due happens in its order', async () => {
    const { clock, pace } = createSim({ start: 0 })
    const seen: string[] = []
    const later = async (ms: number): Promise<void> => {
      await clock.sleep(ms, signal)
      seen.push(`${ms} at ${clock.now()}`)
    }
    const all = Promise.all([later(2000), later(500), later(1000)])
    const began = performance.now()
    using _pace = pace(100)
    await all
    expect(seen.map((text) => text.split(' ')[0])).toEqual(['500', '1000', '2000'])
    // It never runs ahead; how far it lags behind is the machine's business.
    expect(clock.now()).toBeLessThanOrEqual((performance.now() - began) * 100)
    expect(clock.now()).toBeGreaterThanOrEqual(2000)
  })

  it('stands still again when nobody paces it', async () => {
    const { clock, pace } = createSim({ start: 0 })
    const paced = pace(1000)
    await new Promise((resolve) => setTimeout(resolve, 30))
    paced[Symbol.dispose]()
    const then = clock.now()
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(then).toBeGreaterThan(0)
    expect(clock.now()).toBe(then)
  })
})

describe('a seed', () => {
  const story = async (seed: number): Promise<string> => {
    const { sim, cluster } = await shop({ seed })
    cluster.acts.setImage(web, 'shop:2.0.0')
    await sim.settle()
    return JSON.stringify([sim.clock.now(), ...(await cluster.list({ kind: 'Pod', namespace }, call))])
  }

  it('tells the same story again, and another one another', async () => {
    expect(await story(5)).toBe(await story(5))
    expect(await story(5)).not.toBe(await story(6))
  })
})
