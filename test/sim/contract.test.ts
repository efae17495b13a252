import { describe, expect, it } from 'vitest'
import { createSim } from '../../src/sim/sim.ts'
import { simDriver } from '../contract/on-sim.ts'
import { play } from '../contract/play.ts'
import { scripts } from '../contract/scripts/index.ts'

describe('the simulated cluster plays the scripts as a real one does', () => {
  for (const script of scripts) {
    it(script.name, async () => {
      expect(await play(script, simDriver(createSim({ seed: 7 })))).toEqual([])
    })
  }
})
