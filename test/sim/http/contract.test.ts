import { describe, expect, it } from 'vitest'
import { createSim } from '../../../src/sim/sim.ts'
import { httpDriver } from '../../contract/on-http.ts'
import { play } from '../../contract/play.ts'
import { scripts } from '../../contract/scripts/index.ts'
import { served } from './support/served.ts'

describe('the simulated cluster plays the scripts over HTTP as well', () => {
  for (const script of scripts) {
    it(script.name, async () => {
      const sim = createSim({ seed: 7 })
      const over = await served(sim.cluster())
      expect(await play(script, httpDriver(sim, over))).toEqual([])
    })
  }
})
