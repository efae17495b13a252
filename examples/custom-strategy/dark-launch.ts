import * as z from 'zod'
import { Duration } from '../../src/core/options.ts'
import { defineStrategy } from '../../src/core/strategy.ts'
import { minute } from '../../src/core/time.ts'

const options = z.strictObject({
  dark: Duration.default(10 * minute).describe('how long the new pods are watched before any user reaches them'),
  bake: Duration.default(15 * minute).describe('how long all users are watched with the old pods still there'),
})

/** The whole new set stands beside the old one and is tried by people; then all users move at once. */
export const darkLaunch = defineStrategy({
  name: 'dark-launch',
  summary: 'the whole new set in the dark, a human says when, then all requests at once',
  options,
  routing: ['weights', 'cut-over'],
  secondary: 'dark',
  plan({ moves, options: { dark, bake } }) {
    return [
      moves.prepare(100),
      moves.stage('dark', 'in the dark', [], { soak: dark }),
      moves.stage('pause', 'wait for a human', [], { waitsFor: 'human' }),
      moves.stage('weight-100', 'all users', moves.shift(100), { weight: 100 }),
      moves.stage('bake', 'bake', [], { soak: bake, weight: 100 }),
      ...moves.finish(),
    ]
  },
})
