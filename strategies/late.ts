import type { LateStrategies } from '../src/core/strategy.ts'
import { summaries } from './summaries.ts'

/** The same list for the command line: help wants a line on each only, and their code comes with the first command. */
export const lateStrategies: LateStrategies = {
  summaries,
  load: async () => (await import('./index.ts')).strategies,
}
