import type { DeployError } from '../../core/errors.ts'
import type { Lease } from '../../core/lease/lease.ts'
import { isAway } from './away.ts'
import { free, type Seat, type Wanting } from './seat.ts'

/** Those that may be taken, as they were found. Where the run only goes back, what is away is noted and passed over. */
export async function freeOnes(
  all: readonly Seat[],
  wanting: Wanting,
  away: Map<string, DeployError>,
): Promise<{ readonly seats: readonly Seat[]; readonly found: readonly (Lease | null)[] }> {
  const found = await allOf(all, (seat) => free(seat, wanting).catch(unlessAway(seat, wanting, away)))
  const answered = all.flatMap((seat, index) => {
    const lease = found[index]
    return lease === undefined ? [] : [{ seat, lease }]
  })
  someOf(answered, away)
  return { seats: answered.map(({ seat }) => seat), found: answered.map(({ lease }) => lease) }
}

export const unlessAway =
  ({ unit }: Seat, { isBack }: Wanting, away: Map<string, DeployError>) =>
  (error: unknown): undefined => {
    if (!isBack || !isAway(error)) throw error
    away.set(unit.id, error)
  }

/** Where nothing can be had, nothing can be done. */
export function someOf(ones: readonly unknown[], away: ReadonlyMap<string, DeployError>): void {
  const [why] = away.values()
  if (ones.length === 0 && why) throw why
}

/** The first that fails, in their order, speaks for all. */
export async function allOf<T>(seats: readonly Seat[], act: (seat: Seat) => Promise<T>): Promise<T[]> {
  const results = await Promise.allSettled(seats.map(act))
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}
