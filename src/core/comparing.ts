import {
  alarm,
  endless,
  isAlarm,
  judged,
  type JudgeState,
  stageBegan,
  type StageStart,
  startJudge,
} from '../judge/compared/judge.ts'
import { streamsHeldTo } from '../judge/compared/bounds.ts'
import { pollBetween, toldBetween } from '../judge/compared/from-history.ts'
import { misrouted, type ShareEvidence, shareLearnt, startShare } from '../judge/compared/share-test.ts'
import type { Baseline, Stream } from '../judge/compared/streams.ts'
import type { Terms } from '../judge/compared/terms.ts'
import { firstRequest, type History } from '../judge/history.ts'
import { allSettled, soakBegan, stageNow } from './next/stages.ts'
import type { Gate, Stage, Unit } from './plan.ts'
import { type RunState, unitState } from './state.ts'
import type { Millis } from './time.ts'

/** What is known of the new version beside stable, after the last poll. */
export interface Compared {
  readonly judge: JudgeState
  /** The judge's time counts from here. */
  readonly began: Millis
  /** When the new version had its first request, which may be long after; `null`: none yet. */
  readonly first: Millis | null
  /** The stage whose soak it watches, and since when; `null`: none yet. */
  readonly stage: { readonly id: string; readonly since: Millis } | null
  /** Whether requests go where they were sent, since the soak began. */
  readonly share: ShareEvidence | null
  /** What stable did before; `null`: nobody knew. */
  readonly baseline: Baseline | null
  /** What can't be compared, and why. */
  readonly missing: readonly string[]
  /** How near to a rollback the evidence was after each of the last polls, from 0 to 1; oldest first. */
  readonly trail: readonly number[]
}

export interface BeforeRelease {
  /** What stable did; `null`: nobody knows. */
  readonly baseline: Baseline | null
  /** As long as a poll and as a scrape: shorter batches compare counters of different moments. */
  readonly batch: Millis
}

export interface Comparing {
  readonly unit: Unit
  readonly run: RunState
  /** What was known before; needed where the judge begins. */
  readonly before: BeforeRelease | null
  /** What the source had said at the poll before, and has now. */
  readonly known: History | null
  readonly history: History
  /** Which part of the stable pods the source reads, above 0 and up to 1; absent: all of them. */
  readonly stablePart?: number
  readonly now: Millis
}

/** As many as a screen shows. */
const mostTrail = 20

/** Before the first stage there is no end to test at. */
const noStage: StageStart = { at: 0, soak: endless, last: true }

/** Shows the judge a poll. `null` until new pods may have requests, and where nothing is compared. */
export function compared(before: Compared | null, input: Comparing): Compared | null {
  const { history, now } = input
  const start = before ? overruled(before, input) : started(input)
  if (!start) return null
  // What stable did before is no part of the comparison.
  const known = input.known ?? (before ? null : upTo(history, start.began))
  const present = entered(start, input)
  const first = present.first ?? firstRequest(history, 'new')
  const poll = pollBetween(known, history, { streams: streamsIn(present.judge), at: now - present.began })
  // What came before, a probe of a pod that had just started, was none of theirs.
  const warmsFrom = first === null ? null : Math.max(0, first - present.began)
  const judge = judged(present.judge, { ...poll, first: warmsFrom })
  return {
    ...present,
    judge,
    first,
    share: shared(present, known, input),
    trail: [...present.trail, alarm(judge)].slice(-mostTrail),
  }
}

/** When the first step was begun that may give the new pods requests; `null`: none was. */
export function exposedSince(unit: Unit, run: RunState): Millis | null {
  const { steps } = unitState(run, unit.id)
  const first = unit.stages.find(({ weight = 0 }) => weight > 0)
  return first?.steps.map(({ id }) => steps.get(id)?.since).find((since) => since !== undefined) ?? null
}

function started({ unit, run, before }: Comparing): Compared | null {
  const exposed = exposedSince(unit, run)
  const what = exposed === null || !before ? null : comparedIn(unit, before)
  if (exposed === null || !before || !what || what.streams.length === 0) return null
  // A driver before this one had seen some of it, and what it knew can't be had: each of them may have.
  const lost = exposed < run.attached ? Math.max(0, run.epoch - 1) : 0
  const { terms, streams, missing } = what
  return {
    judge: startJudge(terms, streams, noStage, lost),
    began: exposed,
    first: null,
    stage: null,
    share: null,
    baseline: before.baseline,
    missing,
    trail: [],
  }
}

/** A human has looked at what was found, and goes on: evidence begins anew. */
function overruled(before: Compared, { unit, run }: Comparing): Compared {
  const { judge, began } = before
  const { resumed } = unitState(run, unit.id)
  if (!judge.verdict || !isAlarm(judge.verdict) || resumed <= began + judge.verdict.at) return before
  const anew = startJudge(judge.terms, streamsIn(judge), noStage, judge.lost + 1)
  return { ...before, judge: anew, began: resumed, stage: null, share: null, trail: [] }
}

const streamsIn = ({ streams }: JudgeState): readonly Stream[] => streams.map(({ stream }) => stream)

/** By which terms a unit is compared, and what. `null`: it is not. */
export function comparedIn(
  { evidence, stages }: Unit,
  { baseline, batch }: BeforeRelease,
): { readonly terms: Terms; readonly streams: readonly Stream[]; readonly missing: readonly string[] } | null {
  if (!evidence?.source || !evidence.comparison) return null
  const { terms: asked, bounds } = evidence.comparison
  const terms = { ...asked, batch, stages: Math.max(1, stages.filter(comparedGate).length) }
  const { objectives, source } = evidence
  return { terms, ...streamsHeldTo(terms, { bounds, objectives, baseline, latency: source.latency !== undefined }) }
}

const upTo = (history: History, time: Millis): History => ({
  ...history,
  increments: history.increments.filter(({ at }) => at <= time),
})

/** Goes on with the unit's stage, once all its steps have settled. */
function entered(before: Compared, { unit, run }: Comparing): Compared {
  const state = unitState(run, unit.id)
  const stage = stageNow({ unit, state })
  const gate = stage && comparedGate(stage)
  if (!stage || !gate || !allSettled({ state }, stage)) return before
  const since = soakBegan({ unit, run, state }, stage)
  if (before.stage?.id === stage.id && before.stage.since === since) return before
  const again = before.stage?.id === stage.id
  const at = Math.max(before.judge.at, since - before.began)
  return {
    ...before,
    judge: stageBegan(before.judge, { at, soak: stage.soak, last: gate.last, again }),
    stage: { id: stage.id, since },
    share: startShare((stage.weight ?? 0) / 100, since),
  }
}

function shared(
  { share, judge }: Compared,
  known: History | null,
  { history, stablePart, now }: Comparing,
): ShareEvidence | null {
  if (!share || history.down || history.heard === null) return share
  return shareLearnt(share, toldBetween(known, history), { at: now, batch: judge.terms.batch, part: stablePart })
}

export const comparedGate = ({ gates }: Stage): Extract<Gate, { readonly kind: 'compared' }> | undefined =>
  gates.find((gate) => gate.kind === 'compared')

/** Beyond doubt the new pods get more than twice their weight: requests go elsewhere than they were sent. */
export const isMisrouted = ({ share }: Pick<Compared, 'share'>): boolean =>
  share !== null && misrouted(share) === 'too-many'
