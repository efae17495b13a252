import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WriteFault } from '../../../../src/sim/faults.ts'
import { DeployError } from '../../../../src/core/errors.ts'
import { canonical } from '../../../../src/core/json.ts'
import { second } from '../../../../src/core/time.ts'
import { intends, type TestDriver, warnings, type World, world } from './bench.ts'

const faults: readonly WriteFault[] = [
  { kind: 'lost-reply' },
  { kind: 'lost-request' },
  { kind: 'refused' },
  ...([409, 422, 429, 500, 503] as const).map((status) => ({ kind: 'status', status }) as const),
]

/** In the order in which they happen, to one run. */
type Event =
  | { readonly do: 'append'; readonly count: number; readonly bytes: number; readonly waits: boolean }
  | { readonly do: 'fault'; readonly fault: WriteFault; readonly nth: number }
  | { readonly do: 'pass'; readonly seconds: number }
  /** The driver is gone, with whatever it had not brought over, and another one goes on from the home. */
  | { readonly do: 'kill' }

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 4 }),
      bytes: fc.constantFrom(10, 1000, 30_000, 70_000),
      waits: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      fault: fc.constantFrom(...faults),
      nth: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'kill' as const }) },
)

const patient = new AbortController().signal

/** Plays them, and at the end lets everything come to rest. What was said to be shared is told, by its number and text. */
async function played(events: readonly Event[], { sim, cluster, begun, takenOver }: World) {
  const shared = new Map<number, string>()
  let driver: TestDriver = await begun()
  for (const one of events) {
    if (one.do === 'fault') cluster.faults.onWrite(one.fault, { kind: 'ConfigMap', nth: one.nth })
    else if (one.do === 'pass') await sim.advance(one.seconds * second)
    else if (one.do === 'kill') {
      // Its requests may be on their way still: they arrive, or not, while the next one is at work.
      void driver.writer.finish(0)
      driver = await persistent(takenOver)
    } else {
      driver.append(...warnings(one.count, one.bytes), intends('next'))
      if (!one.waits) continue
      await sim.runUntil(driver.writer.shared(patient))
      for (const entry of driver.entries) shared.set(entry.seq, canonical(entry))
    }
  }
  driver.append(intends('last'))
  await sim.runUntil(driver.writer.shared(patient))
  return { driver, shared }
}

/** Somebody types the command again until it goes through. */
async function persistent(takeOver: () => Promise<TestDriver>): Promise<TestDriver> {
  for (;;) {
    try {
      return await takeOver()
    } catch (error) {
      if (!(error instanceof DeployError)) throw error
    }
  }
}

describe('a home that loses requests and answers, with drivers that are killed between any two of them', () => {
  it('holds what the last driver holds, once, and all that was ever said to be there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), fc.nat(1000), async (events, seed) => {
        const stage = world({ seed })
        const { driver, shared } = await played(events, stage)
        const copy = await stage.copy()
        expect(copy).toEqual(driver.entries)
        expect(copy?.map(({ seq }) => seq)).toEqual(copy?.map((_, index) => index + 1))
        for (const [seq, text] of shared) expect(canonical(copy?.[seq - 1])).toBe(text)
        expect(driver.lost).toEqual([])
      }),
      { numRuns: 60 },
    )
  }, 120_000)
})
