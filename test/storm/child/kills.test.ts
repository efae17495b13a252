import pLimit from 'p-limit'
import { describe, expect, it } from 'vitest'
import { dice, seed } from '../seed.ts'
import { boundaries, killed, type Release, releases } from './sweep.ts'

/** Most of a child's time is waiting. */
const atOnce = 4
/** Canaries that share the boundaries of one. */
const shared = 8
/** Of each other strategy. */
const some = 4

const { canary, ...others } = releases

describe('processes that are killed, and others on other machines that go on with nothing but the hash of the plan', () => {
  it(`end a canary as an unbroken run does: ${shared} of them, killed once at each entry of its journal, seed ${seed}`, async () => {
    const all = (await boundaries(canary)).map(deathAt)
    const chains = Array.from({ length: shared }, (_, first) => all.filter((_death, index) => index % shared === first))
    await dies(canary, chains)
  })

  it.each(Object.entries(others))(
    `end as unbroken: %s, ${some} entries by chance, seed ${seed}`,
    async (name, release) => {
      const all = (await boundaries(release)).map(deathAt)
      const roll = dice(name)
      await dies(
        release,
        Array.from({ length: some }, () => all.slice(roll(all.length) - 1).slice(0, 1)),
      )
    },
  )
})

async function dies(release: Release, chains: readonly (readonly string[])[]): Promise<void> {
  const ended = await pLimit(atOnce).map(chains, (chain) => killed(release, chain))
  expect(ended).toEqual(chains.map((died) => ({ died, wrong: [] })))
}

/** Every other time the other side of it. */
const deathAt = (boundary: string, index: number): string =>
  `${(index + seed) % 2 === 0 ? 'before' : 'after'} ${boundary}`
