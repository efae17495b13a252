import * as z from 'zod'
import { Duration, Weights } from '../src/core/options.ts'
import { defineStrategy } from '../src/core/strategy.ts'
import { minute } from '../src/core/time.ts'

const options = z.strictObject({
  weights: Weights.default([5, 25, 50]).describe(
    'percent of requests that the new pods get, step by step; `pause` waits for a human',
  ),
  soak: Duration.default(5 * minute).describe('how long each weight is watched, at least'),
  bake: Duration.default(15 * minute).describe('how long 100 % is watched with the old pods still there'),
})

export const canary = defineStrategy({
  name: 'canary',
  summary: 'shift requests in steps, watching each before the next',
  options,
  routing: ['weights', 'pods'],
  secondary: 'canary',
  plan({ moves, options: { weights, soak, bake } }) {
    const shares = weights.filter((weight) => weight !== 'pause')
    const stages = weights.map((weight, index) => {
      if (weight === 'pause') return moves.stage(`pause-${index}`, 'wait for a human', [], { waitsFor: 'human' })
      return moves.stage(`weight-${weight}`, `weight ${weight} %`, [...moves.surge(weight), ...moves.shift(weight)], {
        soak,
        weight,
      })
    })
    const all = moves.stage('weight-100', 'weight 100 %', [...moves.surge(100), ...moves.shift(100)], {
      soak: Math.min(soak, 2 * minute),
      weight: 100,
    })
    return [
      moves.prepare(shares[0] ?? 100),
      ...stages,
      ...(shares.includes(100) ? [] : [all]),
      moves.stage('bake', 'bake', [], { soak: bake, weight: 100 }),
      ...moves.finish(),
    ]
  },
})
