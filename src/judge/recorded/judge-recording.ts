import type { BaselineBound } from '../../core/evidence.ts'
import type { Millis } from '../../core/time.ts'
import { boundsOf } from '../compared/bounds.ts'
import {
  alarm,
  endless,
  evidence,
  type JudgeState,
  judged,
  stageBegan,
  stageEnded,
  startJudge,
} from '../compared/judge.ts'
import { misrouted, type ShareEvidence, shareLearnt, startShare } from '../compared/share-test.ts'
import { batchOf, streamsOf } from '../compared/streams.ts'
import type { Terms } from '../compared/terms.ts'
import { isDivided, type Recording } from './recording.ts'

/** What the judge says of a recording. */
export interface Judged {
  readonly state: JudgeState
  /** In order; the first one that goes back is the last. */
  readonly stages: readonly JudgedStage[]
  readonly trail: readonly Trace[]
  /** What was no data, and what can't be said. */
  readonly notes: readonly string[]
  /** Requests went elsewhere than the weight says. */
  readonly route: 'too-many' | 'too-few' | null
}

/** A stage of a recording, as it stood at its end. */
export interface JudgedStage {
  readonly name: string | null
  /** From 0 to 1; `null`: nowhere said. */
  readonly weight: number | null
  readonly from: Millis
  readonly to: Millis
  readonly state: JudgeState
}

/** The evidence after a poll. */
export interface Trace {
  readonly at: Millis
  readonly e: number
  /** From 0 to 1, where the version goes back. */
  readonly alarm: number
}

const mostNotes = 20

export interface HeldTo {
  /** `stages` are all that are recorded in which requests are divided: each has a test at its end. */
  readonly terms: Terms
  readonly bounds?: readonly BaselineBound[]
  /**
   * How long a stage lasts; without it a stage ends where the next one begins, and the last one with the recording, if
   * that says so.
   */
  readonly soak?: Millis | null
  /** When the new version was to get requests, since the beginning of the recording: it warms up from then on. */
  readonly began?: Millis
}

/**
 * Shows a recording to the judge, poll by poll. A stage that is decided is over: what is recorded beyond counts only in
 * the next one.
 */
export async function judgeRecording(
  recording: Recording,
  { terms: wanted, bounds = [], soak = null, began = 0 }: HeldTo,
): Promise<Judged> {
  const terms = { ...wanted, batch: Math.max(wanted.batch, recording.batch ?? 0) }
  const { baseline } = recording
  const others = boundsOf(bounds, baseline, terms)
  const latency = (baseline?.counts.buckets.size ?? 0) > 0
  const { streams: all, missing } = streamsOf(terms, { baseline, latency, others: others.metrics })
  const streams = all.map((stream) => (stream.from > 0 ? { ...stream, from: stream.from + began } : stream))
  const notes = [...missing, ...others.missing]
  const trail: Trace[] = []
  const stage = { soak: soak ?? endless, last: false }
  let state = startJudge(terms, streams, { at: 0, ...stage })
  const stages: JudgedStage[] = []
  let own: Omit<JudgedStage, 'to' | 'state'> | null = null
  let [share, route, seen]: [ShareEvidence | null, Judged['route'], Millis] = [null, null, 0]
  for await (const poll of recording.polls) {
    const { at, fresh, stable, weight } = poll
    const next: boolean = own?.name !== poll.stage || own.weight !== weight
    if (own && next) {
      if (soak === null && isDivided(own)) state = stageEnded(state)
      if (!isBack(stages.at(-1)?.state)) stages.push({ ...own, to: seen, state })
      state = stageBegan(state, { at: seen, ...stage })
    }
    if (next) own = { name: poll.stage, weight, from: seen }
    const from: Millis = own?.from ?? 0
    const took = at - seen
    seen = at
    notes.push(...poll.notes.slice(0, Math.max(0, mostNotes - notes.length)))
    if (isOver(state)) continue
    const batches = Object.fromEntries(streams.map((stream) => [stream.name, batchOf(stream, fresh, stable)]))
    state = judged(state, { at, batches: poll.down ? null : batches })
    trail.push({ at, e: evidence(state), alarm: alarm(state) })
    if (weight && share?.weight !== weight) share = startShare(weight)
    // What is told right after a change was counted before it.
    if (share && fresh && stable && at > from + 2 * terms.batch) {
      share = shareLearnt(share, { fresh: fresh.requests, stable: stable.requests }, took)
      route ??= misrouted(share)
    }
  }
  if (!state.verdict && recording.endsStage && soak === null) state = stageEnded(state)
  if (own && !isBack(stages.at(-1)?.state)) stages.push({ ...own, to: seen, state })
  return { state, stages, trail, notes, route }
}

const isOver = ({ verdict }: JudgeState): boolean => verdict !== null && verdict.answer !== 'inconclusive'

const isBack = (state: JudgeState | undefined): boolean => state?.verdict?.answer === 'rollback'
