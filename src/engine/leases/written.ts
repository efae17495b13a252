import { foreseen } from '../../core/errors.ts'
import { type LeaseNote, renewEvery } from '../../core/lease/lease.ts'
import type { Write } from '../../ports.ts'
import type { Seat } from './seat.ts'
import type { Taking } from './taking.ts'

/** One renewal has to be done before the next is due. */
export const patience = renewEvery
const never = new AbortController().signal

export const holding = ({ holder, clock }: Taking, note: LeaseNote) => ({
  holder: holder.identity,
  now: clock.now(),
  note,
})

/** As far as it can be done: whoever comes later looks for a while where it could not. */
export async function written({ cluster }: Seat, write: Write): Promise<void> {
  await cluster.write(write, { signal: never, timeout: patience }).catch(foreseen)
}
