import { compared, type Compared } from '../../src/core/comparing.ts'
import { type Plan, unitsOf } from '../../src/core/plan.ts'
import type { RunState } from '../../src/core/state.ts'
import { minute, second, type Millis } from '../../src/core/time.ts'
import type { Baseline } from '../../src/judge/compared/streams.ts'
import type { History } from '../../src/judge/history.ts'
import { every } from './measured.ts'

/** A quiet stable side: 1000 requests a minute, one of a thousand fails, 5 % take longer than 250 ms. */
export const calm: Baseline = {
  over: 10 * minute,
  counts: {
    requests: 10_000,
    bad: 10,
    buckets: new Map([
      [100, 8000],
      [250, 9500],
      [500, 9950],
      [1000, 10_000],
      [Number.POSITIVE_INFINITY, 10_000],
    ]),
  },
  overdispersion: 1,
  slowOverdispersion: new Map([100, 250, 500, 1000].map((bound) => [bound, 1])),
}

interface Moment {
  readonly plan: Plan
  readonly state: RunState
  readonly now: Millis
  readonly baseline?: Baseline | null
}

/** What the judge knows after a history was polled up to now. */
export function comparedUpTo(history: History, { plan, state, now, baseline = calm }: Moment): Compared {
  const [unit] = unitsOf(plan)
  if (!unit) throw new Error('no unit')
  const before = { baseline, batch: 5 * second }
  const upTo = (at: Millis): History => ({
    ...history,
    increments: history.increments.filter((one) => one.at <= at),
    heard: history.heard === null ? null : at,
  })
  let known: History | null = null
  let seen: Compared | null = null
  for (let at = state.opened; at <= now; at += every) {
    const present = upTo(at)
    seen = compared(seen, { unit, run: state, before, known, history: present, now: at })
    known = present
  }
  if (!seen) throw new Error('nothing is compared')
  return seen
}
