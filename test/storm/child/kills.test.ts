import pLimit from 'p-limit'
import { describe, expect, it } from 'vitest'
import { dice, seed } from '../seed.ts'
import { killed, releases, unbroken } from './sweep.ts'

/** Most of a child's time is waiting. */
const atOnce = 4
/** Of each strategy but the first. */
const some = 6

const { canary, ...others } = releases

describe('a process that is killed, and another on another machine that goes on with nothing but the hash of the plan', () => {
  it(`end as an unbroken run, wherever in a canary: once at each entry, before it or after it, seed ${seed}`, async () => {
    const entries = await unbroken(canary)
    const deaths = Array.from({ length: entries }, (_, index) => deathAt(index + 1))
    expect(await pLimit(atOnce).map(deaths, (death) => killed(canary, death))).toEqual(deaths.map(() => []))
  })

  it.each(Object.entries(others))(
    `end as an unbroken run: %s, ${some} entries by chance, seed ${seed}`,
    async (name, release) => {
      const entries = await unbroken(release)
      const roll = dice(name)
      const deaths = Array.from({ length: some }, () => deathAt(roll(entries)))
      expect(await pLimit(atOnce).map(deaths, (death) => killed(release, death))).toEqual(deaths.map(() => []))
    },
  )
})

const deathAt = (entry: number): string => `${(entry + seed) % 2 === 0 ? 'before' : 'after'} ${entry}`
