import type { Millis } from '../../core/time.ts'
import type { Baseline } from '../compared/streams.ts'
import { type Counts, none } from '../counters.ts'
import type { Seen } from '../policies/windows.ts'
import { isDivided, type RecordedPoll, type Recording } from './recording.ts'

/** What has to be known of a recording before it is judged. */
export interface Survey {
  /** Samples of the unit that is meant. */
  readonly polls: number
  /** In which requests are divided: each has a test at its end, and they share one chance of a false alarm. */
  readonly stages: number
  /** Both sides have histograms of how long requests took. */
  readonly hasLatency: boolean
  /** What stable did before the release, as it was said first; `null`: nowhere. */
  readonly baseline: Baseline | null
  /** What another policy would look at: only while the new version was to get requests. Since `began`. */
  readonly seen: readonly Seen[]
  /** When that was, since the beginning of the recording. */
  readonly began: Millis
}

/** Reads all of a recording once. */
export async function surveyOf({ polls, baseline: said }: Pick<Recording, 'polls' | 'baseline'>): Promise<Survey> {
  let [count, stages] = [0, 0]
  let [began, before]: [Millis, Millis] = [0, 0]
  let hasLatency = false
  let baseline = said
  let isOver = false
  const seen: Seen[] = []
  let last: RecordedPoll | null = null
  for await (const poll of polls) {
    count += 1
    baseline ??= poll.baseline
    const isNext = !last || last.weight !== poll.weight || last.stage !== poll.stage
    if (isNext && isDivided(poll)) stages += 1
    last = poll
    hasLatency ||= (poll.fresh?.buckets.size ?? 0) > 0 && (poll.stable?.buckets.size ?? 0) > 0
    if (poll.weight === 0) isOver = seen.length > 0
    else if (!isOver) {
      if (seen.length === 0) began = before
      seen.push({ at: poll.at - began, fresh: bare(poll.fresh), stable: bare(poll.stable) })
    }
    before = poll.at
  }
  return { polls: count, stages, hasLatency, baseline, seen, began }
}

/** Other policies look at failures alone; a long recording has many buckets. */
const bare = (counts: Counts | null): Counts | null => counts && { ...counts, buckets: none.buckets }
