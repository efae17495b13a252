import type { DeployError } from '../../core/errors.ts'
import { inNameOrder } from '../../core/home.ts'
import type { Lease, LeaseNote, Phase } from '../../core/lease/lease.ts'
import { strangeEpoch } from '../../core/lease/read.ts'
import { putBack } from '../../core/lease/write.ts'
import { unitsOf } from '../../core/plan.ts'
import { type Held, hold } from './hold.ts'
import { noteFor } from './note.ts'
import { allOf, freeOnes, someOf, unlessAway } from './reach.ts'
import { type Seat, seatOf, takeSeat, type Taken, type Wanting } from './seat.ts'
import type { Taking } from './taking.ts'
import { holding, written } from './written.ts'

/** Throws `Locked`, `lease-foreign`, `lease-forbidden` and what a cluster throws; then every Lease is as it was. */
export async function takeLeases(taking: Taking): Promise<Held> {
  const { plan, clusterOf, holder, say } = taking
  const wanting: Wanting = { ...taking, holder: holder.identity, isBack: taking.away !== undefined }
  const away = new Map<string, DeployError>()
  const wanted = unitsOf(plan).filter(({ id }) => taking.units?.has(id) ?? true)
  const units = inNameOrder(wanted).filter(({ id, cluster }) => {
    const why = taking.away?.get(cluster)
    if (why) away.set(id, why)
    return !why
  })
  const all = units.map((unit) => seatOf(unit, clusterOf(unit)))
  const { seats, found } = await freeOnes(all, wanting, away)
  for (const [index, lease] of found.entries()) sayStrange(seats[index] as Seat, lease, taking)
  const epoch = Math.max(taking.epoch, ...found.map((lease) => epochIn(lease, taking.run))) + 1
  const noteOf = noteFor(taking, epoch)
  const taken: { readonly seat: Seat; readonly took: Taken }[] = []
  try {
    for (const some of turns(seats, found, taking))
      await allOf(some, async (seat) => {
        const before = found[seats.indexOf(seat)] ?? null
        const note = (lease: Lease | null): LeaseNote => noteOf(seat.unit, firstPhase(lease, taking))
        const took = await takeSeat(seat, before, note, wanting).catch(unlessAway(seat, wanting, away))
        if (took) taken.push({ seat, took })
      })
    someOf(taken, away)
  } catch (error) {
    await Promise.all(
      taken.map(({ seat, took }) =>
        written(seat, putBack(seat.ref, took.before, holding(taking, noteOf(seat.unit, 'closed')))),
      ),
    )
    throw error
  }
  for (const [unit, { what }] of away)
    say(
      `${unit} can't be reached: it is not taken back now; run deploy abort ${taking.run} again when it can (${what})`,
    )
  return hold(taking, taken, away, epoch, noteOf)
}

function sayStrange({ place }: Seat, lease: Lease | null, { run, say }: Taking): void {
  const epoch = lease?.run?.run === run ? strangeEpoch(lease) : null
  if (epoch !== null)
    say(
      `lease/${place.ref.name} in ${place.cluster} says that driver ${epoch} held it, which can't be: that is not counted`,
    )
}

/**
 * One after the other, so that of two who want some of the same Leases one gets all. Those of a run that is gone on with
 * are wanted by its drivers only: whoever has the first one of a hundred need not take turns for the others.
 */
function turns(
  seats: readonly Seat[],
  found: readonly (Lease | null)[],
  { run }: Taking,
): readonly (readonly Seat[])[] {
  const isItsOwn = found.every((lease) => lease?.run?.run === run && lease.run.phase !== 'closed')
  return isItsOwn ? [seats.slice(0, 1), seats.slice(1)] : seats.map((seat) => [seat])
}

/** A run that nobody has heard of yet is not open: should this driver die now, nothing is lost. */
const firstPhase = (lease: Lease | null, { run }: Taking): Phase =>
  lease?.run?.run === run ? lease.run.phase : 'closed'

const epochIn = (lease: Lease | null, run: string): number => (lease?.run?.run === run ? lease.run.epoch : 0)
