import type { BaselineBound, Rule } from '../../core/evidence.ts'
import type { Millis } from '../../core/time.ts'
import { streamsHeldTo } from '../compared/bounds.ts'
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
import { isSettling, misrouted, type ShareEvidence, shareLearnt, startShare } from '../compared/share-test.ts'
import type { Stream } from '../compared/streams.ts'
import type { Terms } from '../compared/terms.ts'
import { crossed, type Held, nothingHeld, paired } from './pairs.ts'
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
  /** What is promised, and held to all the time. */
  readonly objectives?: readonly Rule[]
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
  { terms: wanted, bounds = [], objectives = [], soak = null, began = 0 }: HeldTo,
): Promise<Judged> {
  const { baseline } = recording
  const terms = { ...wanted, batch: Math.max(wanted.batch, recording.batch ?? 0, baseline?.scrape ?? 0) }
  const latency = (baseline?.counts.buckets.size ?? 0) > 0
  const { streams: all, missing } = streamsHeldTo(terms, { bounds, objectives, baseline, latency })
  const streams = all.map((stream) => (stream.from > 0 ? { ...stream, from: stream.from + began } : stream))
  const notes = [...missing]
  const trail: Trace[] = []
  const until = soak ?? endless
  let state = startJudge(terms, streams, { at: 0, soak: until, last: true })
  let divided = 0
  const stages: JudgedStage[] = []
  let own: Omit<JudgedStage, 'to' | 'state'> | null = null
  let [share, route, seen]: [ShareEvidence | null, Judged['route'], Millis] = [null, null, 0]
  let [held, requests]: [ReadonlyMap<string, Held>, Held] = [new Map(), nothingHeld]
  for await (const poll of recording.polls) {
    const { at, weight } = poll
    const next: boolean = own?.name !== poll.stage || own.weight !== weight
    const isCrossing = own !== null && next && isDivided(own)
    if (own && next) {
      if (soak === null && isDivided(own)) state = stageEnded(state)
      if (!isBack(stages.at(-1)?.state)) stages.push({ ...own, to: seen, state })
    }
    if (next) {
      own = { name: poll.stage, weight, from: seen }
      divided += isDivided(own) ? 1 : 0
      // A recording of one's own that has one stage may be of any.
      const last = divided >= terms.stages && (terms.stages > 1 || recording.isOfRun)
      state = stageBegan(state, { at: seen, soak: until, last })
    }
    const pairs = streams.map((stream) => {
      const before = held.get(stream.name) ?? nothingHeld
      const isWarm = stream.from > 0 && seen <= stream.from && at > stream.from
      return { stream, ...paired(isCrossing || isWarm ? crossed(before) : before, stream, poll) }
    })
    const routed = paired(isCrossing ? crossed(requests) : requests, byShare, poll)
    // Where one side gets everything, the other rightly has nothing.
    held = new Map(isDivided(poll) ? pairs.map((pair) => [pair.stream.name, pair.held]) : [])
    requests = isDivided(poll) ? routed.held : nothingHeld
    if (next) share = weight ? startShare(weight, seen) : null
    seen = at
    notes.push(...poll.notes.slice(0, Math.max(0, mostNotes - notes.length)))
    if (isOver(state)) continue
    const batches = Object.fromEntries(pairs.map(({ stream, batch }) => [stream.name, batch]))
    state = judged(state, { at, batches: poll.down ? null : batches })
    trail.push({ at, e: evidence(state), alarm: alarm(state) })
    if (!share) continue
    if (isSettling(share, terms)) requests = crossed(requests)
    const { newRequests: mine = null, stableRequests: theirs = null } = routed.batch ?? {}
    share = shareLearnt(share, { fresh: mine, stable: theirs }, { at, batch: terms.batch })
    route ??= misrouted(share)
  }
  if (!state.verdict && recording.endsStage && soak === null) state = stageEnded(state)
  if (own && !isBack(stages.at(-1)?.state)) stages.push({ ...own, to: seen, state })
  return { state, stages, trail, notes, route }
}

/** Requests of both sides, whatever became of them. */
const byShare: Pick<Stream, 'bound' | 'back'> = { bound: null, back: { ratio: 1, margin: 0 } }

const isOver = ({ verdict }: JudgeState): boolean => verdict !== null && verdict.answer !== 'inconclusive'

const isBack = (state: JudgeState | undefined): boolean => state?.verdict?.answer === 'rollback'
