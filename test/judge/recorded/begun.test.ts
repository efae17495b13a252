import { describe, expect, it } from 'vitest'
import { begunBefore } from '../../../src/judge/recorded/begun.ts'
import { openRecording } from '../../../src/judge/recorded/recording.ts'
import type { RecordedPoll } from '../../../src/judge/recorded/recording.ts'
import { second } from '../../../src/core/time.ts'
import { text } from './builders.ts'

async function* piece(all: string): AsyncGenerator<string> {
  yield all
}
/** Totals of stable, every 5 s. */
const begun = async (...totals: readonly (number | null)[]) => {
  const lines = totals.map((requests, at) => ({
    t: 5 * (at + 1),
    canary: { requests: 0, bad: 0 },
    stable: requests === null ? null : { requests, bad: 0 },
  }))
  const { fresh, stable } = await begunBefore(await openRecording('x', piece(text([{ v: 1 }, ...lines]))))
  expect(fresh).toBe(false)
  return stable
}

describe('the first totals of a recording', () => {
  it('are of its own time where that can have brought them', async () => {
    expect(await begun(1000, 2000, 3000)).toBe(false)
    expect(await begun(0, 0, 5000)).toBe(false)
    expect(await begun(3000, 4000, 5000)).toBe(false)
    expect(await begun(null, null, 3000, 4000)).toBe(false)
  })

  it('are of the time before where they are more than three times as many as that', async () => {
    expect(await begun(3100, 4000, 5000)).toBe(true)
    expect(await begun(5e6, 5_001_000)).toBe(true)
    expect(await begun(null, 5e6, 5_001_000)).toBe(true)
  })

  it('are not held to a source that stands still for a few polls', async () => {
    expect(await begun(1000, 1000, 1000, 4000)).toBe(false)
    expect(await begun(9000, 9000, 9000, 12_000)).toBe(true)
  })

  it('are not told apart where they are few, or the only ones', async () => {
    expect(await begun(10, 10, 10)).toBe(false)
    expect(await begun(11, 11, 11)).toBe(true)
    expect(await begun(5e6)).toBe(false)
    expect(await begun(5e6, null)).toBe(false)
    expect(await begun(null)).toBe(false)
  })

  it('are held to the pace of the other side where they never rise: a version that fails is soon given nothing', async () => {
    const fresh = async (first: number) => {
      const lines = Array.from({ length: 6 }, (_, at) => ({
        t: 5 * (at + 1),
        canary: { requests: first, bad: first },
        stable: { requests: 500 * (at + 1), bad: 0 },
      }))
      return (await begunBefore(await openRecording('x', piece(text([{ v: 1 }, ...lines]))))).fresh
    }
    expect([await fresh(60), await fresh(1510), await fresh(1511)]).toEqual([false, false, true])
  })

  it('are told by six polls of each side, and no more is read', async () => {
    expect(await read({ freshFrom: 0, stableFrom: 0 })).toBe(6)
    expect(await read({ freshFrom: 0, stableFrom: 2 })).toBe(8)
    expect(await read({ freshFrom: 3, stableFrom: 0 })).toBe(9)
  })

  it('are held to the pace of the first polls alone, however long the other side is waited for', async () => {
    const slow = [3100, 3200, 3300, 3400, 3500, 3600]
    const lines = [...slow, 60_000].map((requests, at) => ({
      t: 5 * (at + 1),
      canary: null,
      stable: { requests, bad: 0 },
    }))
    const { stable } = await begunBefore(await openRecording('x', piece(text([{ v: 1 }, ...lines]))))
    expect(stable).toBe(true)
  })
})

/** How many of ten polls are looked at, when each side is there from one of them on. */
async function read(from: { readonly freshFrom: number; readonly stableFrom: number }): Promise<number> {
  let polls = 0
  const counts = { requests: 10, bad: 0, buckets: new Map<number, number>() }
  async function* ten(): AsyncGenerator<RecordedPoll> {
    for (let index = 0; index < 10; index += 1) {
      polls += 1
      yield {
        at: 5 * second * (index + 1),
        fresh: index < from.freshFrom ? null : counts,
        stable: index < from.stableFrom ? null : counts,
      } as RecordedPoll
    }
  }
  await begunBefore({ polls: ten() })
  return polls
}
