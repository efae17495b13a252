import type { LateStrategies, Strategy } from '../../src/core/strategy.ts'
import { lateStrategies } from '../../strategies/late.ts'
import { darkLaunch } from './dark-launch.ts'

/** The built-in strategies and one more. */
export const ownStrategies: LateStrategies = {
  summaries: { ...lateStrategies.summaries, [darkLaunch.name]: darkLaunch.summary },
  load: async () => [...(await lateStrategies.load()), darkLaunch as Strategy],
}
