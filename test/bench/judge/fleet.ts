import { compared, type Compared } from '../../../src/core/comparing.ts'
import type { Counted, Reading, Series } from '../../../src/core/metrics.ts'
import type { Unit } from '../../../src/core/plan.ts'
import { second, type Millis } from '../../../src/core/time.ts'
import type { Baseline } from '../../../src/judge/compared/streams.ts'
import type { CountedPod } from '../../../src/judge/counters.ts'
import { heard, type History, noHistory } from '../../../src/judge/history.ts'
import { tale } from '../../report/tale.ts'
import { comparedPlan } from '../../support/measured.ts'

const units = 100
const podsOfUnit = 10
const every: Millis = 5 * second
const bounds = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, Number.POSITIVE_INFINITY]

const plan = comparedPlan({ options: { weights: [10, 50], soak: '30m' } })
const unit = plan.waves[0]?.units[0] as Unit
const { state: run } = tale(plan).open().upTo(unit.id, 'weight-10')
const pods = new Map(
  Array.from({ length: podsOfUnit }, (_, pod): [string, CountedPod] => [
    `web-${pod}`,
    { track: pod === 0 ? 'new' : 'stable', fresh: true },
  ]),
)
const buckets = new Map(bounds.map((le, at): [number, number] => [le, 60_000 * (1 - 0.5 ** (at + 1))]))
const baseline: Baseline = { over: 600 * second, counts: { requests: 60_000, bad: 60, buckets }, overdispersion: 1 }

/** Share of a core that judging takes: 100 units of 10 pods, errors and latency, polled each 5 s. */
export function fleet(rounds = 40): number {
  const all = Array.from({ length: units }, () => ({ history: noHistory, state: null as Compared | null }))
  const round = (index: number): void => {
    const now = run.last + index * every
    const reading = scraped(index, now)
    for (const one of all) {
      const history: History = heard(one.history, reading, pods, now)
      one.state = compared(one.state, {
        unit,
        run,
        before: { baseline, batch: every },
        known: one.history,
        history,
        now,
      })
      one.history = history
    }
  }
  for (let index = 1; index <= rounds; index += 1) round(index)
  const began = process.cpuUsage()
  for (let index = rounds + 1; index <= 2 * rounds; index += 1) round(index)
  const { user, system } = process.cpuUsage(began)
  if (all.some(({ state }) => state === null || state.judge.streams.length < 3)) throw new Error('nothing was compared')
  return (user + system) / 1000 / (rounds * every)
}

/** What ten pods say of requests, failures and twelve buckets. */
function scraped(index: number, at: Millis): Reading {
  const series = [...pods.keys()].flatMap((pod): Series[] => {
    const one = (id: string, counted: Counted, value: number): Series => ({ pod, id, counted, samples: [[at, value]] })
    return [
      one('200', 'requests', index * 500),
      one('500', 'both', Math.floor(index / 4)),
      ...bounds.map((le) => one(`le=${le}`, { le }, Math.floor((index * 500 * (buckets.get(le) ?? 0)) / 60_000))),
    ]
  })
  return { series, missing: [], values: new Map() }
}
