import { second, span } from '../../core/time.ts'
import { percentText } from '../weigh.ts'
import type { Batch } from './e-value.ts'
import { smallestFound } from './design.ts'
import { alwaysValidP, evidence, falseAlarm, type JudgeState, timeToFind, type Verdict } from './judge.ts'
import { type Interval, ratioInterval } from './ratio.ts'
import { rateInterval } from './rate.ts'
import type { StreamState } from './stream-state.ts'
import { baseOf, type Stream, termsAlone } from './streams.ts'

/** A verdict for programs. */
export interface Answer {
  readonly verdict: Verdict['answer']
  /** Seconds since the comparison began. */
  readonly t: number
  readonly metric: string
  readonly because: string
  /** Evidence against the new version, of all metrics together. */
  readonly e: number
  readonly alwaysValidP: number
  /** How many times stable's rate the new version's is, with the confidence of the verdict. */
  readonly ratio: readonly [low: number, high: number]
}

/** What is to be said now; where nothing is decided, that. */
export function answerOf(state: JudgeState): Answer {
  const { verdict } = state
  const stream = streamOf(state)
  const { low, high } = ratioInterval(stream.ratio, state.terms.alpha)
  return {
    verdict: verdict?.answer ?? 'inconclusive',
    t: (verdict?.at ?? state.at) / second,
    metric: stream.stream.metric,
    because: verdictText(state),
    e: evidence(state),
    alwaysValidP: alwaysValidP(state),
    ratio: [Number(low.toPrecision(4)), Number(high.toPrecision(4))],
  }
}

/**
 * For somebody who was woken up: `canary fails 2.1 % of requests, stable 0.1 % (ratio 9–38, 99 %); chance of a false alarm
 * below 1 in 100`.
 */
export function verdictText(state: JudgeState): string {
  const { verdict } = state
  const one = streamOf(state)
  const rates = ratesText(one, state)
  switch (verdict?.answer) {
    case 'rollback':
      return `${rates}; chance of a false alarm below ${oneIn(falseAlarm(state))}${lostText(state)}`
    case 'advance':
      return `${rates}; no worse than a stage may be, wrong with a chance below ${oneIn(state.terms.beta)}`
    case 'pass':
      return `${rates}; ${foundText(one, state)}`
    default:
      return openText(one, state, rates)
  }
}

const streamOf = ({ streams, verdict }: JudgeState): StreamState => {
  const one = streams.find(({ stream }) => stream.name === verdict?.stream) ?? streams[0]
  if (!one) throw new RangeError('a judge without streams')
  return one
}

function ratesText({ stream, all, ratio }: StreamState, { terms }: JudgeState): string {
  if (all.newRequests === 0) return `${stream.metric}: no request of the canary was counted`
  const fresh = canaryText(stream, percentText(all.newBad / all.newRequests))
  if (stream.back.ratio === 0) return `${fresh}, allowed ${percentText(stream.back.margin)}`
  if (all.stableRequests === 0) return `${fresh}, stable had none to compare with`
  const interval = ratioText(ratioInterval(ratio, terms.alpha))
  return `${fresh}, stable ${percentText(all.stableBad / all.stableRequests)} (${interval}, ${confidence(terms.alpha)})`
}

function canaryText({ bound, metric }: Stream, percent: string): string {
  if (bound !== null) return `canary is slower than ${bound} ms in ${percent} of requests`
  return metric === 'errors' ? `canary fails ${percent} of requests` : `${metric}: canary ${percent} bad`
}

/** `ratio 9–38`; beyond the ends of its scale nothing is told apart. */
export function ratioText({ low, high, open }: Interval): string {
  if (open.low && open.high) return 'ratio not known yet'
  if (open.high) return `ratio above ${short(low)}`
  return open.low ? `ratio below ${short(high)}` : `ratio ${short(low)}–${short(high)}`
}

const short = (ratio: number): string => String(Number(ratio.toPrecision(ratio >= 10 ? 2 : 1)))
const confidence = (alpha: number): string => `${Number((100 * (1 - alpha)).toPrecision(4))} %`
/** `1 in 100`. */
export const oneIn = (chance: number): string => `1 in ${Math.max(1, Math.floor(1 / chance + 1e-9))}`

const lostText = ({ lost }: JudgeState): string =>
  lost === 0 ? '' : ` (the evidence was lost ${lost === 1 ? 'once' : `${lost} times`}, the bound counts each beginning)`

/** What a stage that passed would have found. */
function foundText({ stream, stage, rate }: StreamState, state: JudgeState): string {
  const { soak } = state.stage
  const requests = stage.newRequests + stage.stableRequests
  const base = baseOf(stream, rate)
  const traffic = { rps: requests / (soak / second), weight: stage.newRequests / requests }
  const all = state.streams.map((one) => one.stream)
  const terms = termsAlone(stream, all, state.terms)
  const found = smallestFound(traffic, { base, soak }, terms, stream.overdispersion)
  return found === null
    ? 'nothing speaks against it'
    : `${percentText(found)} or more would have been found in 80 % of cases`
}

function openText(one: StreamState, state: JudgeState, rates: string): string {
  const { stage, verdict, at } = state
  if (!verdict) return `${rates}; not decided yet${countsText(one.stage)}`
  if (verdict.by === 'shared')
    return `${rates}, and stable has ${percentText(one.all.stableBad / one.all.stableRequests)}`
  const elapsed = at - stage.began - stage.blind
  if (verdict.by === 'no-data') return `${one.stream.metric}: ${silenceText(one, state, span(elapsed))}`
  const needed = timeToFind(one, elapsed, state)
  const more = Number.isFinite(needed) ? `about ${span(needed - elapsed)} more at this traffic` : 'more traffic'
  return `${rates}; too little to decide${countsText(one.stage)}: it needs ${more}`
}

/** Nothing reached it, or it tells nothing: they are mended in different places. */
function silenceText({ stream, stage }: StreamState, { streams }: JudgeState, elapsed: string): string {
  const isCounted = streams.some((other) => other.stream.bound === null && other.stage.newRequests > 0)
  if (stream.bound !== null && isCounted)
    return `no data on the canary in ${elapsed}: its histogram may have no bucket of ${stream.bound} ms, as stable's has`
  return stage.stableRequests > 0
    ? `no request of the canary was counted in ${elapsed}, and ${Math.round(stage.stableRequests)} of stable`
    : `no data on the canary in ${elapsed}`
}

const countsText = ({ newRequests, stableRequests }: Batch): string =>
  ` (${Math.round(newRequests)} requests of the canary, ${Math.round(stableRequests)} of stable)`

/** A rate with its confidence: `2.1 % (1.4–3.2 %)`. */
export function rateText(bad: number, of: number, alpha: number): string {
  if (of === 0) return 'no requests'
  const [low, high] = rateInterval(bad, of, alpha)
  return `${percentText(bad / of)} (${percentText(low).replace(' %', '')}–${percentText(high)})`
}
