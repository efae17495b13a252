import { describe, expect, it } from 'vitest'
import { begunBefore } from '../../../src/judge/recorded/begun.ts'
import { openRecording } from '../../../src/judge/recorded/recording.ts'
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
})
