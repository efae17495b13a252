import { systemClock } from '../adapters/clock.ts'
import type { Clock } from '../ports.ts'
import type { Process } from './process.ts'

/** The machine's own, unless somebody brought another. */
export const clockOf = ({ clock = systemClock }: Pick<Process, 'clock'>): Clock => clock
