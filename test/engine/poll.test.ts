import { describe, expect, it } from 'vitest'
import { type Compared, isMisrouted } from '../../src/core/comparing.ts'
import type { MetricsSource, Series } from '../../src/core/metrics.ts'
import type { Unit } from '../../src/core/plan.ts'
import { minute, second, type Millis } from '../../src/core/time.ts'
import { pollUnit } from '../../src/engine/poll.ts'
import type { History } from '../../src/judge/history.ts'
import type { Clock, MeasuredPod, Metrics } from '../../src/ports.ts'
import { castOf } from '../core/support/cast.ts'
import { tale } from '../report/tale.ts'
import { comparedPlan } from '../support/measured.ts'

const web = 'web@us-east-1'
const plan = comparedPlan({ options: { weights: [5], soak: '10m' } })
const prepared = tale(plan).open().upTo(web, 'prepare')
const opened = prepared.state.last
/** Requests reach the new pods six minutes after the first poll. */
const exposed = prepared.after(6 * minute).upTo(web, 'weight-5')

/** Its counters as they are at some times; each of the new pods has 5 % by `fresh`. */
interface World {
  readonly source: Partial<MetricsSource>
  readonly stable: number
  readonly fresh: number
  readonly read: (pods: readonly MeasuredPod[], over: Millis, now: Millis) => ReturnType<Metrics['read']>
}

interface Known {
  readonly compared: Compared
  readonly history: History
}

/** What is known of the new version two minutes after it was exposed. */
async function polled({ source, stable, fresh, read }: World): Promise<Known> {
  const [planned = expect.fail('no unit')] = plan.waves[0]?.units ?? []
  const { evidence = expect.fail('nothing is measured') } = planned
  const unit: Unit = {
    ...planned,
    evidence: { ...evidence, source: { ...evidence.source, ...source } as MetricsSource },
  }
  const view = castOf({ stable, fresh })
  const end = new AbortController()
  let now = opened
  let last: Known | null = null
  const clock: Clock = {
    now: () => now,
    elapsed: () => now,
    sleep: (ms) => {
      now += ms
      if (now > exposed.state.last + 2 * minute) end.abort()
      return Promise.resolve()
    },
  }
  await pollUnit({
    unit,
    metrics: {
      name: 'a source',
      every: unit.evidence?.source?.every ?? second,
      read: (pods, over) => read(pods, over, now),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    clock,
    now: () => now,
    seen: () => ({ view, run: (now < exposed.state.last ? prepared : exposed).state }),
    notebook: { read: () => Promise.resolve(null), keep: () => undefined },
    noted: () => new Promise(() => undefined),
    signal: end.signal,
    onPolled: ({ compared, history }) => {
      if (compared) last = { compared, history }
    },
  })
  return last ?? expect.fail('nothing is compared')
}

/** A counter of a pod, by how often it counts in a second. */
const counter = (pod: string, counted: Series['counted'], times: readonly Millis[], rps: number): Series => ({
  pod,
  id: `${pod}/${JSON.stringify(counted)}`,
  counted,
  samples: times.map((at) => [at, Math.round(((at - opened + 1000 * minute) / second) * rps)]),
})

describe('what stable did before, of a source that keeps samples', () => {
  const scrape = minute

  /** The first so many times that somebody asks for half an hour, there is no answer. */
  async function failing(times: number): Promise<{ readonly asked: number; readonly compared: Compared }> {
    let asked = 0
    const { compared } = await polled({
      source: { kind: 'prometheus', every: 15 * second },
      stable: 4,
      fresh: 2,
      read: (pods, over, now) => {
        if (over >= 30 * minute && ++asked <= times) return Promise.resolve({ down: 'timeout' })
        const first = Math.ceil((now - over) / scrape)
        const grid = Array.from({ length: Math.floor(now / scrape) - first + 1 }, (_, at) => (first + at) * scrape)
        const series = pods.flatMap(({ name }) => [
          counter(name, 'requests', grid, 10),
          counter(name, 'errors', grid, 0.01),
          ...[5, 9, 9.6, 10].map((rps, at) =>
            counter(name, { le: [100, 250, 500, Number.POSITIVE_INFINITY][at] ?? 0 }, grid, rps),
          ),
        ])
        return Promise.resolve({ series, missing: [], values: new Map(), at: now })
      },
    })
    return { asked, compared }
  }
  const streams = ({ judge }: Compared): readonly string[] => judge.streams.map(({ stream }) => stream.name)

  it('is asked for once', async () => {
    const { asked, compared } = await failing(0)
    expect([asked, streams(compared), compared.judge.terms.batch]).toEqual([
      1,
      ['errors', 'latency 500 ms', 'latency 250 ms'],
      scrape,
    ])
  })

  it('is asked for again where it could not be read, as long as the new pods have no requests', async () => {
    const [once, thrice] = [await failing(0), await failing(3)]
    expect(thrice.asked).toBe(4)
    expect(thrice.compared.baseline).toEqual({
      ...once.compared.baseline,
      over: expect.any(Number) as number,
      counts: expect.anything() as object,
    })
    expect(streams(thrice.compared)).toEqual(streams(once.compared))
  })

  it('is gone without where it can not be read at all, and batches are as long as a scrape all the same', async () => {
    const { compared } = await failing(Number.POSITIVE_INFINITY)
    expect([compared.baseline, streams(compared), compared.judge.terms.batch]).toEqual([null, ['errors'], scrape])
  })
})

it('of many stable pods those that are read do not make the share of the new ones seem larger', async () => {
  const share = 0.05
  const { compared } = await polled({
    source: { kind: 'pods' },
    stable: 100,
    fresh: 5,
    read: (pods, _, now) => {
      const stable = pods.filter(({ track }) => track === 'stable').slice(0, 20)
      const series = [
        ...pods.filter(({ track }) => track === 'new').map(({ name }) => counter(name, 'requests', [now], 100 * share)),
        ...stable.map(({ name }) => counter(name, 'requests', [now], 5 * (1 - share))),
      ]
      return Promise.resolve({ series, missing: [], values: new Map(), at: now })
    },
  })
  expect([isMisrouted(compared), compared.share?.tooFew.most]).toEqual([false, 1])
})
