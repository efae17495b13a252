import * as z from 'zod'
import { Batches, Duration } from '../src/core/options.ts'
import { defineStrategy } from '../src/core/strategy.ts'
import { minute } from '../src/core/time.ts'
import { summaries } from './summaries.ts'

const options = z.strictObject({
  batches: Batches.default([25, 50, 100]).describe('percent of the pods that are new after each batch'),
  soak: Duration.default(0).describe('how long each batch is watched, at least'),
  bake: Duration.default(5 * minute).describe('how long the new pods are watched after the last batch'),
})

export const rolling = defineStrategy({
  name: 'rolling',
  summary: summaries.rolling,
  options,
  routing: [],
  secondary: 'rolling',
  plan({ moves, options: { batches, soak, bake } }) {
    const cumulative = batches.includes(100) ? batches : [...batches, 100]
    return [
      moves.prepare(0),
      ...cumulative.map((percent) =>
        moves.stage(`batch-${percent}`, `${percent} % new pods`, moves.batch(percent), { soak, weight: percent }),
      ),
      moves.stage('settle', 'the last old pods go', moves.settle(), { weight: 100 }),
      moves.stage('bake', 'bake', [], { soak: bake, weight: 100 }),
      ...moves.finish(),
    ]
  },
})
