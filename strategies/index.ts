import type { Strategy } from '../src/core/strategy.ts'
import { blueGreen } from './blue-green.ts'
import { canary } from './canary.ts'
import { rolling } from './rolling.ts'

/** Every strategy there is. Commands, help, configuration and its schema are made from this list. */
export const strategies: readonly Strategy[] = [rolling, blueGreen, canary] as readonly Strategy[]
