import * as z from 'zod'
import { Duration, Weights } from '../src/core/options.ts'
import { defineStrategy } from '../src/core/strategy.ts'
import { minute } from '../src/core/time.ts'
import { summaries } from './summaries.ts'

const options = z.strictObject({
  weights: Weights.default([100]).describe(
    'percent of requests that the new pods get, step by step; 100 is a cut-over',
  ),
  soak: Duration.default(0).describe('how long each weight below 100 is watched, at least'),
  bake: Duration.default(15 * minute).describe('how long the new pods are watched with the old ones still warm'),
})

export const blueGreen = defineStrategy({
  name: 'blue-green',
  summary: summaries['blue-green'],
  options,
  routing: ['weights', 'cut-over'],
  secondary: 'preview',
  plan({ moves, options: { weights, soak, bake } }) {
    const shares = weights.includes(100) ? weights : [...weights, 100 as const]
    return [
      moves.prepare(100),
      ...shares.map((weight, index) =>
        weight === 'pause'
          ? moves.stage(`pause-${index}`, 'wait for a human', [], { waitsFor: 'human' })
          : moves.stage(`weight-${weight}`, weight === 100 ? 'cut over' : `weight ${weight} %`, moves.shift(weight), {
              soak: weight === 100 ? 0 : soak,
              weight,
            }),
      ),
      moves.stage('bake', 'bake', [], { soak: bake, weight: 100 }),
      ...moves.finish(),
    ]
  },
})
