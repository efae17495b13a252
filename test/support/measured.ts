import type { Comparison, Evidence, Rule } from '../../src/core/evidence.ts'
import type { Plan, Track } from '../../src/core/plan.ts'
import { minute, second, type Millis } from '../../src/core/time.ts'
import { usualTerms } from '../../src/judge/compared/terms.ts'
import type { Increment } from '../../src/judge/counters.ts'
import { type History, noHistory } from '../../src/judge/history.ts'
import { planOf, type PlanWish } from './plans.ts'

export const every: Millis = 10 * second

/** `error-rate > 1% for 5m` and the like, as they are compiled. */
export const rules = {
  errors: { text: 'error-rate > 1% for 5m', figure: { kind: 'error-rate' }, op: '>', value: 0.01, over: 5 * minute },
  available: { text: 'availability < 99.5%', figure: { kind: 'availability' }, op: '<', value: 0.995, over: minute },
  burning: {
    text: 'burn-rate > 14.4 for 5m',
    figure: { kind: 'burn-rate', objective: 0.999 },
    op: '>',
    value: 14.4,
    over: 5 * minute,
  },
  slow: {
    text: 'latency.p95 > 500ms for 5m',
    figure: { kind: 'latency', quantile: 0.95 },
    op: '>',
    value: 500,
    over: 5 * minute,
  },
  queue: {
    text: 'queue > 1000 for 2m',
    figure: { kind: 'query', name: 'queue' },
    op: '>',
    value: 1000,
    over: 2 * minute,
  },
} as const satisfies Record<string, Rule>

/** A plan whose pods' counters are read, and that goes back by these triggers. */
export function measuredPlan(triggers: readonly Rule[], wish: PlanWish = {}): Plan {
  const evidence = evidenceOf(triggers)
  return planOf({ ...wish, unit: (unit) => ({ ...unit, evidence }) })
}

/** A plan whose stages with requests are compared with stable. */
export const comparedPlan = (wish: PlanWish = {}, comparison: Partial<Comparison> = {}): Plan =>
  planOf({ ...wish, evidence: { ...evidenceOf([]), comparison: { ...usually, ...comparison } } })

const evidenceOf = (triggers: readonly Rule[]): Evidence => ({
  source: {
    kind: 'pods',
    every,
    requests: { name: 'http_requests_total', matchers: [] },
    errors: { matchers: [] },
    latency: { selector: { name: 'http_request_duration_seconds', matchers: [] }, unit: 1000 },
  },
  triggers,
  ignored: [],
  objectives: [],
  onInconclusive: 'hold',
  onProviderDown: 'pause',
})

const { batch: _batch, stages: _stages, ...terms } = usualTerms

/** Held against stable as it usually is. */
export const usually: Comparison = { terms, triggers: [], bounds: [] }

/** What the pods of a track count in each interval. */
export interface Pace {
  readonly requests: number
  readonly bad: number
  /** All of them take as long as this bucket allows. */
  readonly within?: Millis
}

/** From `from` to `to` each interval counts the same. */
export function paced(paces: Readonly<Partial<Record<Track, Pace>>>, from: Millis, to: Millis): Increment[] {
  const increments: Increment[] = []
  for (let at = Math.ceil(from / every) * every; at <= to; at += every)
    for (const track of ['new', 'stable'] as const) {
      const pace = paces[track]
      if (pace) increments.push(increment(at, track, pace))
    }
  return increments
}

const bounds = [100, 250, 500, 1000, Number.POSITIVE_INFINITY]

export const increment = (at: Millis, track: Track, { requests, bad, within }: Pace): Increment => ({
  at,
  track,
  requests,
  bad,
  buckets: new Map(within === undefined ? [] : bounds.map((le) => [le, le >= within ? requests : 0])),
})

export const historyOf = (increments: readonly Increment[], more: Partial<History> = {}): History => ({
  ...noHistory,
  increments,
  heard: increments.at(-1)?.at ?? null,
  ...more,
})
