import { second, type Millis } from '../../core/time.ts'
import { worthFindingBeyond, timeToDetect } from './design.ts'
import { wealth } from './e-process.ts'
import { type Batch, tolerated } from './e-value.ts'
import { stageEndP } from './stage-end.ts'
import { counted, staged, startStream, type StreamState } from './stream-state.ts'
import { baseOf, mainsOf, type Stream, termsAlone } from './streams.ts'
import { betsOf, enough, type Terms } from './terms.ts'

/** All that a comparison with stable knows, as a value that can be written down. */
export interface JudgeState {
  readonly terms: Terms
  readonly streams: readonly StreamState[]
  /** The last poll, since the comparison began. */
  readonly at: Millis
  readonly stage: StageState
  /** The most that all evidence together ever was. */
  readonly most: number
  /** How often evidence was lost and begun anew; the bound holds for each time. */
  readonly lost: number
  readonly verdict: Verdict | null
}

export interface StageState {
  readonly began: Millis
  readonly soak: Millis
  /** Nothing could be read for so long: the soak stands still. */
  readonly blind: Millis
  readonly early: boolean
  /** The test at its end was made: it is made once. */
  readonly tested: boolean
}

export const decidedBy = ['evidence', 'stage-end', 'early', 'powered', 'too-few', 'no-data', 'shared'] as const

export interface Verdict {
  /** `inconclusive` may still change while the stage is held; `rollback` never does. */
  readonly answer: 'rollback' | 'advance' | 'pass' | 'inconclusive'
  /**
   * What decided: the evidence at any time, the test at the end of the stage, or what the stage could have found.
   * `shared`: a bound is crossed by stable as well, and the new version is not worse than that.
   */
  readonly by: (typeof decidedBy)[number]
  readonly at: Millis
  /** The stream that it rests on. */
  readonly stream: string
}

/** It may come at any time, and in any stage. */
export const isAlarm = ({ answer, by }: Verdict): boolean => answer === 'rollback' || by === 'shared'

/** What was counted since the poll before. */
export interface Poll {
  /** Since the comparison began; later than the poll before. */
  readonly at: Millis
  /** By the streams' names; one that is absent has no data. `null`: the source could not be read. */
  readonly batches: Readonly<Record<string, Batch | null>> | null
  /** When the new version had its first request: it warms up from then on. `null`: none yet; absent: at the beginning. */
  readonly first?: Millis | null
}

/** A stage begins: its soak, and whether it may end early (never the last one: faults that begin late need time). */
export interface StageStart {
  readonly at: Millis
  readonly soak: Millis
  readonly last: boolean
}

/** A soak that has no end: more than any is, and a number that JSON has. */
export const endless: Millis = Number.MAX_SAFE_INTEGER

/** `lost`: how often the evidence of this rollout was lost before. */
export function startJudge(terms: Terms, streams: readonly Stream[], { soak, last }: StageStart, lost = 0): JudgeState {
  const early = terms.early && !last
  return {
    terms,
    streams: streams.map((stream) => startStream(stream, { early })),
    at: 0,
    stage: { began: 0, soak, blind: 0, early, tested: false },
    most: 1,
    lost,
    verdict: null,
  }
}

/**
 * Goes on with the next stage, or with the same one `again` (its soak begins anew; a test that was made is not made a
 * second time). A version that is to go back stays so.
 */
export function stageBegan(
  before: JudgeState,
  { at, soak, last, again = false }: StageStart & { readonly again?: boolean },
): JudgeState {
  const early = before.terms.early && !last
  return {
    ...before,
    streams: before.streams.map((one) => staged(one, { early })),
    stage: { began: at, soak, blind: 0, early, tested: again && before.stage.tested },
    verdict: before.verdict?.answer === 'rollback' ? before.verdict : null,
  }
}

/** Against the new version, of all streams together: the average of evidence is evidence, however they depend. */
export const evidence = ({ streams }: Pick<JudgeState, 'streams'>): number => sum(streams.map(strength))

const strength = ({ stream, back }: StreamState): number => stream.weight * wealth(back)
const sum = (all: readonly number[]): number => all.reduce((one, other) => one + other, 0)

/** Valid whenever one looks: that so much evidence ever comes up against a version within the tolerance. */
export const alwaysValidP = ({ most }: Pick<JudgeState, 'most'>): number => Math.min(1, 1 / most)

/** A good version is ever taken back with this chance at most; every loss of evidence adds another alpha. */
export const falseAlarm = ({ terms, lost }: Pick<JudgeState, 'terms' | 'lost'>): number =>
  Math.min(1, terms.alpha * (lost + 1))

/** How far the evidence has come on its way to a rollback, from 0 to 1, on a logarithmic scale. */
export const alarm = (state: JudgeState): number =>
  Math.min(1, Math.max(0, Math.log(evidence(state)) / Math.log(enough(state.terms))))

/** A poll whose clock went backwards, or stands still, is not there. */
export function judged(before: JudgeState, { at, batches, first = 0 }: Poll): JudgeState {
  if (!(at > before.at)) return before
  if (before.verdict?.answer === 'rollback') return { ...before, at }
  const { stage } = before
  const blind = batches === null ? stage.blind + at - before.at : stage.blind
  const streams = before.streams.map((one) => {
    const batch = batches?.[one.stream.name]
    return batch && sound(batch) ? counted(one, batch, { at, first }, before.terms) : one
  })
  const after = { ...before, at, streams, stage: { ...stage, blind } }
  return decided({ ...after, most: Math.max(before.most, evidence(after)) })
}

/** The stage is over now, whatever its soak was to be. */
export const stageEnded = (state: JudgeState): JudgeState =>
  decided({ ...state, stage: { ...state.stage, soak: state.at - state.stage.began - state.stage.blind } })

/** Anything else is no count, and no data. */
const sound = ({ newRequests, newBad, stableRequests, stableBad }: Batch): boolean =>
  [newRequests, newBad, stableRequests, stableBad].every((count) => count >= 0 && count <= Number.MAX_SAFE_INTEGER)

function decided(state: JudgeState): JudgeState {
  const { terms, stage, verdict } = state
  const found = (answer: Verdict['answer'], by: Verdict['by'], { stream }: StreamState): JudgeState => ({
    ...state,
    verdict: { answer, by, at: state.at, stream: stream.name },
  })
  const strongest = most(state.streams, strength)
  const telling = state.streams.filter((one) => !isShared(one))
  if (sum(telling.map(strength)) >= enough(terms)) return found('rollback', 'evidence', most(telling, strength))
  const shared = sharedBound(state)
  if (shared) return verdict?.by === 'shared' ? state : found('inconclusive', 'shared', shared)
  if (verdict && verdict.answer !== 'inconclusive') return state
  const elapsed = state.at - stage.began - stage.blind
  if (stage.early && elapsed >= terms.minSoak && mayAdvance(state)) return found('advance', 'early', strongest)
  if (elapsed < stage.soak) return state
  const tested: JudgeState = { ...state, stage: { ...stage, tested: true } }
  const rejecting = stage.tested ? undefined : telling.find((one) => rejected(one, terms))
  if (rejecting) return { ...found('rollback', 'stage-end', rejecting), stage: tested.stage }
  const open = unproved(state, elapsed)
  const verdictNow = open ? found('inconclusive', open.why, open.stream) : found('pass', 'powered', strongest)
  return { ...tested, verdict: verdictNow.verdict }
}

/** Stable crosses the bound, too: that a version crosses it is no reason to take it back. */
const isShared = ({ stream, all }: StreamState): boolean =>
  stream.back.ratio === 0 && all.stableRequests > 0 && shareOf(all.stableBad, all.stableRequests) > stream.back.margin

/**
 * The bound that both versions cross; `null` while the new one looks worse than tolerated beside stable, too: then the
 * comparison with stable is to decide.
 */
function sharedBound(state: JudgeState): StreamState | null {
  const crossed = state.streams.filter(isShared)
  if (crossed.length === 0 || evidence(state) < enough(state.terms) || state.streams.some(looksWorse)) return null
  return most(crossed, strength)
}

const looksWorse = ({ stream: { back }, all }: StreamState): boolean =>
  back.ratio > 0 &&
  all.newRequests > 0 &&
  all.stableRequests > 0 &&
  shareOf(all.newBad, all.newRequests) > tolerated(back, shareOf(all.stableBad, all.stableRequests))

const shareOf = (bad: number, requests: number): number => bad / requests

const mayAdvance = (state: JudgeState): boolean => {
  const { terms, streams } = state
  const metrics = [...new Set(streams.map(({ stream }) => stream.metric))]
  return evidence(state) < 1 / Math.sqrt(terms.alpha) && metrics.every((metric) => advances(metric, state))
}

/** The streams of a metric are one: their average. */
function advances(metric: string, { streams, terms }: JudgeState): boolean {
  const own = streams.filter(({ stream }) => stream.metric === metric)
  const weights = sum(own.map(({ stream }) => stream.weight))
  const wealths = own.map(({ stream, on }) => (on ? stream.weight * wealth(on) : 0))
  return sum(wealths) / weights >= 1 / terms.beta
}

function rejected({ stream, stage }: StreamState, terms: Terms): boolean {
  const p = stageEndP(stage, stream.back, stream.overdispersion)
  return p <= ((1 - betsOf(terms).anytime) * terms.alpha * stream.weight) / Math.max(1, terms.stages)
}

/** The first metric of which the stage could not have found a version that is worth finding. */
function unproved(
  state: Pick<JudgeState, 'streams' | 'terms'>,
  elapsed: Millis,
): { readonly why: 'no-data' | 'too-few'; readonly stream: StreamState } | null {
  const mains = mainsOf(state.streams, streamOf)
  const silent = mains.find(({ stage }) => stage.newRequests === 0)
  if (silent) return { why: 'no-data', stream: silent }
  const weak = mains.find((one) => timeToFind(one, elapsed, state) > elapsed)
  return weak ? { why: 'too-few', stream: weak } : null
}

/** How long a soak must be, at the rates seen in this stage, to find a version that is worth finding in 80 % of cases. */
export function timeToFind(
  one: StreamState,
  elapsed: Millis,
  { streams, terms }: Pick<JudgeState, 'streams' | 'terms'>,
): Millis {
  const { stream, stage, rate } = one
  const all = stage.newRequests + stage.stableRequests
  if (all === 0 || elapsed <= 0) return Number.POSITIVE_INFINITY
  const base = baseOf(stream, rate)
  const worse = worthFindingBeyond(stream.back, base)
  return timeToDetect(
    { rps: all / (elapsed / second), weight: stage.newRequests / all },
    { base, worse },
    termsAlone(stream, streams.map(streamOf), terms),
    stream.overdispersion,
  )
}

const streamOf = ({ stream }: StreamState): Stream => stream

function most(streams: readonly StreamState[], of: (one: StreamState) => number): StreamState {
  const [first, ...rest] = streams
  if (!first) throw new RangeError('a judge without streams')
  return rest.reduce((best, one) => (of(one) > of(best) ? one : best), first)
}
