import { minute, second, type Millis } from '../../../src/core/time.ts'
import type { Counts } from '../../../src/judge/counters.ts'
import { judged, type JudgeState, type Poll, startJudge } from '../../../src/judge/compared/judge.ts'
import { batchOf, type Baseline, type Stream, streamsOf } from '../../../src/judge/compared/streams.ts'
import { type Terms, usualTerms } from '../../../src/judge/compared/terms.ts'

export const every: Millis = 5 * second

/** Two versions that fail exactly as often as they are said to, to the request. */
export interface Pace {
  readonly rps: number
  readonly weight: number
  readonly fresh: number
  readonly stable: number
  /** Of the new version's requests and of stable's, those that took more than 100, 250 and 500 ms. */
  readonly slow?: { readonly fresh: Tails; readonly stable: Tails }
}

export type Tails = readonly [over100: number, over250: number, over500: number]
export const usualTails: Tails = [0.3, 0.06, 0.012]
const bounds = [100, 250, 500] as const

export const counts = (requests: number, bad: number, buckets: Counts['buckets'] = new Map()): Counts => ({
  requests,
  bad,
  buckets,
})

function bucketsOf(requests: number, tails: Tails): Counts['buckets'] {
  const within = bounds.map((le, at): [number, number] => [le, Math.round(requests * (1 - (tails[at] ?? 0)))])
  return new Map([...within, [Number.POSITIVE_INFINITY, requests]])
}

/** What each side counted in each poll, from `from` (not included) to `to`. */
export function paced(
  pace: Pace,
  from: Millis,
  to: Millis,
): readonly { readonly at: Millis; readonly fresh: Counts; readonly stable: Counts }[] {
  const until = (at: Millis, share: number, rate: number, tails: Tails | undefined): Counts => {
    const requests = Math.floor((pace.rps * share * at) / second + 1e-9)
    const buckets = tails ? bucketsOf(requests, tails) : undefined
    return counts(requests, Math.floor(requests * rate + 1e-9), buckets)
  }
  const since = (at: Millis, share: number, rate: number, tails: Tails | undefined): Counts => {
    const [now, then] = [until(at, share, rate, tails), until(at - every, share, rate, tails)]
    const buckets = [...now.buckets].map(([le, n]) => [le, n - (then.buckets.get(le) ?? 0)] as const)
    return counts(now.requests - then.requests, now.bad - then.bad, new Map(buckets))
  }
  const polls = []
  for (let at = from + every; at <= to; at += every)
    polls.push({
      at,
      fresh: since(at, pace.weight, pace.fresh, pace.slow?.fresh),
      stable: since(at, 1 - pace.weight, pace.stable, pace.slow?.stable),
    })
  return polls
}

/** Ten minutes at 100 requests in a second, of which one in a thousand failed. */
export const quiet: Baseline = {
  over: 10 * minute,
  counts: counts(60_000, 60, bucketsOf(60_000, usualTails)),
  overdispersion: 1,
  slowOverdispersion: new Map(bounds.map((bound) => [bound, 1])),
}

export interface Wish {
  readonly terms?: Partial<Terms>
  readonly latency?: boolean
  readonly baseline?: Baseline | null
  readonly soak?: Millis
  readonly last?: boolean
  readonly lost?: number
}

export const started = (wish: Wish = {}): JudgeState => {
  const { terms, latency = false, baseline = quiet, soak = 30 * minute, last = false, lost = 0 } = wish
  const all = { ...usualTerms, ...terms }
  return startJudge(all, streamsOf(all, { baseline, latency }).streams, { at: 0, soak, last }, lost)
}

export const pollOf = (
  streams: readonly Stream[],
  { at, fresh, stable }: { readonly at: Millis; readonly fresh: Counts | null; readonly stable: Counts | null },
): Poll => ({
  at,
  batches: Object.fromEntries(streams.map((stream) => [stream.name, batchOf(stream, fresh, stable)])),
})

/** The judge is shown both versions from its last poll on, until it says something or the time is over. */
export function shown(state: JudgeState, pace: Pace, until: Millis): JudgeState {
  const streams = state.streams.map(({ stream }) => stream)
  let after = state
  for (const one of paced(pace, state.at, until)) {
    after = judged(after, pollOf(streams, one))
    if (after.verdict) break
  }
  return after
}

export const good: Pace = { rps: 100, weight: 0.05, fresh: 0.001, stable: 0.001 }
