import type { Millis } from '../../core/time.ts'
import { type Counts, type Increment, total } from '../counters.ts'
import { countedSince, type History } from '../history.ts'
import type { Poll } from './judge.ts'
import type { Told } from './share-test.ts'
import { type Baseline, batchOf, type Stream } from './streams.ts'

/**
 * What a source has said since the judge was last shown its history: increments that are new, whenever they were counted,
 * for a source may tell late. A source that can't be read is no data, and the judge's soak waits.
 */
export function pollBetween(
  before: History | null,
  after: History,
  { streams, at }: { readonly streams: readonly Stream[]; readonly at: Millis },
): Poll {
  if (after.down) return { at, batches: null }
  const fresh = newIn(before?.increments ?? [], after.increments)
  const side = (track: string): Counts => total(fresh.filter((one) => one.track === track))
  const [mine, theirs] = [side('new'), side('stable')]
  return { at, batches: Object.fromEntries(streams.map((stream) => [stream.name, batchOf(stream, mine, theirs)])) }
}

/** How many requests a source has told of since then; of a side of which it told nothing that is not known. */
export function toldBetween(before: History | null, after: History): Told {
  const fresh = newIn(before?.increments ?? [], after.increments)
  const side = (track: string): number | null => {
    const own = fresh.filter((one) => one.track === track)
    return own.length === 0 ? null : total(own).requests
  }
  return { fresh: side('new'), stable: side('stable') }
}

/** Increments keep their identity and come at the end; where the last one is forgotten, all that is left is new. */
const newIn = (before: readonly Increment[], after: readonly Increment[]): readonly Increment[] => {
  const last = before.at(-1)
  return last ? after.slice(after.lastIndexOf(last) + 1) : after
}

/** What stable did before the release began; `null`: nothing is known of that time. */
export function baselineOf(history: History, began: Millis, overdispersion: number | null): Baseline | null {
  const first = history.increments.find(({ track, at }) => track === 'stable' && at <= began)
  if (!first || first.at >= began) return null
  return { over: began - first.at, counts: countedSince(history, 'stable', first.at, began), overdispersion }
}
