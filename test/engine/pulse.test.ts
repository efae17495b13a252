import { describe, expect, it } from 'vitest'
import { hour, minute, second, type Millis } from '../../src/core/time.ts'
import { pulseOf } from '../../src/engine/pulse.ts'

interface World {
  /** The clock goes on while nothing of this process does. */
  doze(over: Millis): void
  /** Time goes by, and what is due is done. */
  wake(over: Millis): Promise<void>
}

/** How long nobody looked, as a run is told that asks after all this. */
async function missedAfter(act: (world: World) => Promise<void> | void): Promise<Millis> {
  const end = new AbortController()
  let now = hour
  let due: { at: Millis; go: () => void } | null = null
  const clock = {
    now: () => now,
    elapsed: () => now,
    sleep: (ms: Millis) => new Promise<void>((go) => (due = { at: now + ms, go })),
  }
  const pulse = pulseOf({ clock, now: clock.now, signal: end.signal })
  const dueAt = (): Millis => due?.at ?? Number.POSITIVE_INFINITY
  const catchUp = async (): Promise<void> => {
    due?.go()
    await new Promise(setImmediate)
  }
  await act({
    doze: (over) => void (now += over),
    wake: async (over) => {
      const until = now + over
      for (let at = dueAt(); at <= until; at = dueAt()) {
        now = Math.max(now, at)
        await catchUp()
      }
      now = Math.max(now, until)
    },
  })
  const missed = pulse.missed()
  expect(pulse.missed()).toBe(0)
  end.abort()
  await catchUp()
  return missed
}

describe('nobody looked', () => {
  it('at no time, while the process is awake', async () => {
    expect(await missedAfter(({ wake }) => wake(hour))).toBe(0)
  })

  it('while it stood still, whoever notices that first', async () => {
    const dozed = await missedAfter(({ doze }) => doze(hour))
    const woken = await missedAfter(async ({ doze, wake }) => {
      doze(hour)
      await wake(minute)
    })
    expect([dozed, woken]).toEqual([hour, hour])
  })

  it('for all the times together that it stood still', async () => {
    const twice = await missedAfter(async ({ doze, wake }) => {
      doze(minute)
      await wake(7 * second)
      doze(minute)
    })
    expect(twice).toBe(2 * minute + 2 * second)
  })

  it.each([
    [15 * second, 0],
    [15 * second + 1, 15 * second + 1],
  ])('after %i ms for %i ms: a busy machine is late by seconds', async (over, missed) => {
    expect(await missedAfter(({ doze }) => doze(over))).toBe(missed)
  })
})
