import * as z from 'zod'
import { Duration, Weights } from '../src/core/options.ts'
import { defineStrategy } from '../src/core/strategy.ts'
import { minute } from '../src/core/time.ts'
import { summaries } from './summaries.ts'

const options = z.strictObject({
  weights: Weights.default([5, 25, 50]).describe(
    'percent of requests that the new pods get, step by step; `pause` waits for a human',
  ),
  soak: Duration.default(5 * minute).describe('how long each weight is watched, at least'),
  bake: Duration.default(15 * minute).describe('how long 100 % is watched with the old pods still there'),
})

export const canary = defineStrategy({
  name: 'canary',
  summary: summaries.canary,
  options,
  routing: ['weights', 'pods'],
  secondary: 'canary',
  plan({ moves, options: { weights, soak, bake } }) {
    const steps = weights.includes(100) ? weights : [...weights, 100 as const]
    const first = steps.find((step) => step !== 'pause') ?? 100
    return [
      moves.prepare(first),
      ...steps.map((weight, index) => {
        if (weight === 'pause') return moves.stage(`pause-${index}`, 'wait for a human', [], { waitsFor: 'human' })
        const watched = weight === 100 ? Math.min(soak, 2 * minute) : soak
        const shifted = [...moves.surge(weight), ...moves.shift(weight)]
        return moves.stage(`weight-${weight}`, `weight ${weight} %`, shifted, { soak: watched, weight })
      }),
      moves.stage('bake', 'bake', [], { soak: bake, weight: 100 }),
      ...moves.finish(),
    ]
  },
})
