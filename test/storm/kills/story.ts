import { describe, expect, it } from 'vitest'
import { seed, share } from '../seed.ts'
import { sweeps } from './strategies.ts'
import { sweep } from './sweep.ts'

/** Of each version; six strategies with three versions each make more than ten thousand. */
const kills = share(570)

/** A file for each strategy, so that they run side by side. */
export function killedEverywhere(strategy: keyof typeof sweeps): void {
  describe(`${strategy}: a driver that is killed at each moment, and the one that continues at moments drawn by chance`, () => {
    it.each(Object.entries(sweeps[strategy]))(
      `a %s version ends as in an unbroken run, and nothing happens twice: ${kills} kills, seed ${seed}`,
      async (version, wish) => {
        const { wrong, kills: killed } = await sweep(`${strategy}, ${version}`, wish, { kills })
        expect(wrong).toEqual([])
        expect(killed).toBeGreaterThanOrEqual(kills)
      },
    )
  })
}
