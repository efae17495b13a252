import { none } from '../counters.ts'
import { added, type Batch, noBatch } from '../compared/e-value.ts'
import { batchOf, type Stream } from '../compared/streams.ts'
import type { RecordedPoll } from './recording.ts'

/** What one side counted while the other had no data: a batch covers the same time on both sides, or it compares times. */
export interface Held {
  readonly batch: Batch
  /** A side had no data at the poll before, so that its next counts are of more than one poll. */
  readonly isOpen: boolean
  /** What will be counted next is of different times, or of different weights, and compares nothing. */
  readonly isMixed: boolean
}

export const nothingHeld: Held = {
  batch: noBatch,
  isOpen: false,
  isMixed: false,
}

/** Something began while a side had no data: what it counted before can't be told from what it counts since. */
export const crossed = (held: Held): Held => (held.isOpen ? { ...held, isMixed: true } : held)

/** Adds a poll, and says what can be compared; `null`: nothing yet. */
export function paired(
  held: Held,
  stream: Pick<Stream, 'bound' | 'back'>,
  { fresh, stable, anew }: Pick<RecordedPoll, 'fresh' | 'stable' | 'anew'>,
): { readonly held: Held; readonly batch: Batch | null } {
  const mine = fresh && batchOf(stream, fresh, none)
  const theirs = stable && batchOf(stream, none, stable)
  const all = [mine, theirs].reduce<Batch>((sum, one) => (one ? added(sum, one) : sum), held.batch)
  // What is held against a bound does not wait for stable, which may rightly have nothing, for ever.
  if (stream.back.ratio === 0 && mine) return { held: nothingHeld, batch: all }
  const isPartial = anew.fresh || anew.stable
  if ((mine || anew.fresh) && (theirs || anew.stable)) {
    const isWhole = mine && theirs && !held.isMixed && !(isPartial && held.isOpen)
    return { held: nothingHeld, batch: isWhole ? all : null }
  }
  return { held: { batch: all, isOpen: true, isMixed: held.isMixed || isPartial }, batch: null }
}
