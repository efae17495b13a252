import type { Millis } from '../../core/time.ts'
import { type Betting, type EProcess, noWorseThan, startWealth, updated, worseThan } from './e-process.ts'
import { added, type Batch, noBatch } from './e-value.ts'
import { noRatio, type RatioEvidence, ratioLearnt } from './ratio.ts'
import { guessed, learnt, type StableRate } from './stable-rate.ts'
import type { Stream } from './streams.ts'
import { betsOf, type Terms } from './terms.ts'

/** What one stream has shown so far. */
export interface StreamState {
  readonly stream: Stream
  /** Counted, not judged yet. */
  readonly open: Batch
  /** When the last batch was closed. */
  readonly closed: Millis
  /** The weight changed since: faults begin at such moments. */
  readonly changed: boolean
  readonly rate: StableRate
  /** Evidence that the new version is worse than tolerated; for the whole rollout. */
  readonly back: EProcess
  /** Evidence that it is no worse than the stage needs to go on; anew in each stage. `null`: stages are not ended early. */
  readonly on: EProcess | null
  /** All that was counted in this stage, for the test at its end. */
  readonly stage: Batch
  /** And in the whole rollout, to be shown. */
  readonly all: Batch
  readonly ratio: RatioEvidence
}

export const startStream = (stream: Stream, { early }: Pick<Terms, 'early'>): StreamState => ({
  stream,
  open: noBatch,
  closed: 0,
  changed: false,
  rate: stream.seed,
  back: startWealth({ alternatives: worseThan }),
  on: early ? startWealth({ alternatives: noWorseThan }) : null,
  stage: noBatch,
  all: noBatch,
  ratio: noRatio,
})

function goingBack({ back, overdispersion }: Stream, terms: Pick<Terms, 'alpha' | 'bets'>): Betting {
  const { first, restart, cap } = betsOf(terms)
  // No single batch can send a version back: that is what survives a crooked scrape.
  const most = Math.min(cap === 'auto' ? Number.POSITIVE_INFINITY : cap, 1 / terms.alpha)
  return { alternatives: worseThan, tolerance: back, first, restart, cap: most, overdispersion }
}

const goingOn = ({ on, overdispersion }: Stream, terms: Pick<Terms, 'bets'>): Betting => ({
  alternatives: noWorseThan,
  tolerance: on,
  first: 1,
  restart: betsOf(terms).restart,
  cap: Number.POSITIVE_INFINITY,
  overdispersion,
})

interface Moment {
  readonly at: Millis
  /** When the new version had its first request; `null`: none yet. */
  readonly first: Millis | null
}

/** Adds what was counted up to `at`, and judges the batch if it is long enough and both sides are in it. */
export function counted(before: StreamState, batch: Batch, { at, first }: Moment, terms: Terms): StreamState {
  if (isWarming(before.stream, { at, first })) return { ...before, closed: at }
  const open = added(before.open, batch)
  const grown = { ...before, open, stage: added(before.stage, batch), all: added(before.all, batch) }
  const took = at - before.closed
  return took >= terms.batch && closable(open, before.stream) ? closedBatch(grown, { at, took }, terms) : grown
}

const isWarming = ({ from }: Stream, { at, first }: Moment): boolean =>
  from > 0 && (first === null || at <= first + from)

/** A failure is sometimes read before its request: until both are there, a batch is not whole. */
const closable = ({ newRequests, newBad, stableRequests, stableBad }: Batch, { back }: Stream): boolean =>
  newRequests >= 1 && newBad <= newRequests && stableBad <= stableRequests && (stableRequests >= 1 || back.ratio === 0)

function closedBatch(state: StreamState, { at, took }: { at: Millis; took: Millis }, terms: Terms): StreamState {
  const { stream, open: batch, rate, changed, back, on } = state
  const closed = { batch, took, stable: guessed(rate), changed }
  return {
    ...state,
    open: noBatch,
    closed: at,
    changed: false,
    rate: learnt(rate, { requests: batch.stableRequests, bad: batch.stableBad }, took),
    back: updated(back, closed, goingBack(stream, terms)),
    on: on && updated(on, closed, goingOn(stream, terms)),
    ratio: ratioLearnt(state.ratio, batch),
  }
}

/** A new stage: evidence for going back is carried on, evidence for going on begins anew. */
export const staged = (before: StreamState, { early }: { readonly early: boolean }): StreamState => ({
  ...before,
  changed: true,
  on: early ? startWealth({ alternatives: noWorseThan }) : null,
  stage: noBatch,
})
