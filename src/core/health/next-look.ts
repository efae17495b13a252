import { type Millis, second } from '../time.ts'
import type { Memory } from './memory.ts'
import { isConfirmed } from './signals.ts'

/** When a sign is due but was not seen again (no connection, a late observation), it is looked at again after this. */
const again = second

/** The earliest time at which a sign that is seen now would become a finding; `null` when nothing is pending. */
export function nextLook(memory: Memory, now: Millis): Millis | null {
  const due = Object.values(memory.signals)
    .filter((signal) => !isConfirmed(signal))
    .map(({ first, confirm }) => (first + confirm > now ? first + confirm : now + again))
  return due.length > 0 ? Math.min(...due) : null
}
