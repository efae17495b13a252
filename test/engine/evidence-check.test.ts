import { beforeAll, describe, expect, it } from 'vitest'
import type { Reading, Series } from '../../src/core/metrics.ts'
import type { Evidence, Rule } from '../../src/core/evidence.ts'
import { keyOf } from '../../src/core/kinds.ts'
import { type Plan, type Unit, unitsOf } from '../../src/core/plan.ts'
import { hour, minute, second, type Millis } from '../../src/core/time.ts'
import { all, type View } from '../../src/core/view.ts'
import { evidenceCheck, type EvidenceChecked } from '../../src/engine/evidence-check.ts'
import { ignoredOf } from '../../src/engine/ignored.ts'
import type { Clock, MeasuredPod, Metrics } from '../../src/ports.ts'
import { rules, usually } from '../support/measured.ts'
import { given, type Story } from './scenario.ts'

let story: Story
beforeAll(async () => {
  story = await given({
    bare: true,
    strategy: 'canary',
    options: { weights: [50], soak: '0s', bake: '0s' },
    rollback: { when: ['error-rate > 1% for 1m', 'latency.p95 > 250ms for 1m'] },
  }).runs()
})

type Say = (
  pods: readonly MeasuredPod[],
  round: number,
  at: Millis,
  over: Millis,
) => Partial<Reading> | { readonly down: string }

/** What a source says while planning, and what is said about it. */
async function complaintsOf(say: Say): Promise<readonly string[]> {
  const { complaints } = await checked(say)
  return complaints.map(({ level, code, what, why, remedy }) => `${level} ${code}: ${what} (${why}) → ${remedy}`)
}

function checked(
  say: Say,
  plan = story.plan,
  from: Millis = second,
  view: View = story.before,
): Promise<EvidenceChecked> {
  let at = from
  let round = 0
  const clock: Clock = {
    now: () => at,
    elapsed: () => at,
    sleep: (ms) => {
      at += ms
      return Promise.resolve()
    },
  }
  const metrics: Metrics = {
    name: 'a source',
    every: second,
    read: (pods, over) => {
      const said = say(pods, round++, at, over)
      return Promise.resolve('down' in said ? said : { series: [], missing: [], values: new Map(), at, ...said })
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  return evidenceCheck({
    plan,
    views: new Map([['web@one', view]]),
    sources: new Map([['web@one', metrics]]),
    clock,
    signal: new AbortController().signal,
  })
}

/** Each pod counts so much more in each round. */
const counting =
  (good: number, bad: number, buckets = true): Say =>
  (pods, round, at) => ({
    series: pods.flatMap(({ name }): Series[] => {
      const one = (id: string, counted: Series['counted'], value: number): Series => ({
        pod: name,
        id: `${name}/${id}`,
        counted,
        samples: [[at, value * (round + 1)]],
      })
      return [
        one('200', 'requests', good),
        one('500', 'both', bad),
        ...(buckets
          ? [one('250', { le: 250 }, good + bad), one('inf', { le: Number.POSITIVE_INFINITY }, good + bad)]
          : []),
      ]
    }),
  })

describe('figures are tried on what serves before anything is changed', () => {
  it('and nothing is said when they are there and calm', async () => {
    expect(await complaintsOf(counting(100, 0))).toEqual([])
  })

  it('why a pod could not be read is told with what that means', async () => {
    const say: Say = (pods) => ({ missing: pods.map(({ name }) => ({ pod: name, why: 'a_total is a gauge' })) })
    expect(await complaintsOf(say)).toContainEqual(
      expect.stringMatching(/^refuse metrics-nothing: .*\(\S+: a_total is a gauge\) → /),
    )
  })

  it('a source that can not be read refuses', async () => {
    expect(await complaintsOf(() => ({ down: 'no such host' }))).toEqual([
      expect.stringMatching(
        /^refuse metrics-unreadable: figures can't be read: a source \(no such host\) → deploy doctor/,
      ),
    ])
  })

  it('requests that nothing counts refuse', async () => {
    expect(await complaintsOf(() => ({}))).toEqual([
      expect.stringMatching(/^refuse metrics-nothing: http_requests_total counts nothing for the 4 pods that serve/),
    ])
  })

  it('a bound on latency without a histogram refuses', async () => {
    expect(await complaintsOf(counting(100, 0, false))).toEqual([
      expect.stringMatching(/^refuse metrics-no-latency: .*→ set metrics.latency/),
    ])
  })

  it('a query that can not be used refuses', async () => {
    const complaints = new Map([['queue', 'it gives two series']])
    expect(await complaintsOf((...args) => ({ ...counting(100, 0)(...args), complaints }))).toEqual([
      expect.stringMatching(/^refuse metrics-query: the query queue gives no one number/),
    ])
  })

  it('a trigger that fires already refuses, and says how to go without it', async () => {
    expect(await complaintsOf(counting(50, 50))).toEqual([
      expect.stringMatching(
        /^refuse trigger-firing: the trigger error-rate > 1% for 1m fires already: errors 50 % of 400 requests.*--ignore-trigger 'error-rate > 1% for 1m' --reason/,
      ),
    ])
  })
})

/** The same plan, with no other trigger than this. */
const heldTo = (trigger: Rule): Plan => ({
  ...story.plan,
  waves: story.plan.waves.map((wave) => ({
    ...wave,
    units: wave.units.map((unit) => ({
      ...unit,
      ...(unit.evidence && { evidence: { ...unit.evidence, triggers: [trigger] } }),
    })),
  })),
})

describe('a query of the user', () => {
  const over = (rule: Partial<Rule>): Plan => heldTo({ ...rules.queue, ...rule })
  const full: Say = (...args) => ({ ...counting(100, 0)(...args), values: new Map([['queue', 1200]]) })
  /** Ten minutes of samples, so that it is asked once. */
  const kept: Say = (pods, round, at, long) => ({
    ...full(pods, round, at, long),
    series: (counting(100, 0)(pods, round, at, long) as Reading).series.map((one) => ({
      ...one,
      samples: [[at - 10 * minute, 0], ...one.samples],
    })),
  })

  it('fires before the start by every value of its window, and never by a single one', async () => {
    expect((await checked(kept, over({}), hour)).complaints).toEqual([])
    expect((await checked(full, over({}), hour)).complaints).toEqual([])
    expect((await checked(full, over({ over: 2 * second }), hour)).complaints).toMatchObject([
      { code: 'trigger-firing', what: expect.stringContaining('fires already: queue 1200 for 2 s') as string },
    ])
  })
})

it('a trigger with the longest window fires before the start, too: its window is full', async () => {
  const kept: Say = (pods, round, at, over) => ({
    series: (counting(82, 1)(pods, round, at, over) as Reading).series.map((one) => ({
      ...one,
      samples: Array.from({ length: Math.floor(over / minute) }, (_, index): [Millis, number] => [
        at - over + 30 * second + index * minute,
        (one.samples[0]?.[1] ?? 0) * index,
      ]),
    })),
  })
  expect((await checked(kept, heldTo({ ...rules.errors, over: hour }), 3 * hour)).complaints).toMatchObject([
    { code: 'trigger-firing' },
  ])
})

it('a reading of as many samples as Prometheus gives is held against the triggers', async () => {
  const many: Say = (pods, round, at) => ({
    series: (counting(50, 50)(pods, round, at, 0) as Reading).series.map((one) => ({
      ...one,
      samples: Array.from({ length: 12_500 }, (_, index) => [at - 12_500 + index, index] as const),
    })),
  })
  const { complaints } = await checked(many, story.plan, hour)
  expect(complaints).toMatchObject([{ code: 'trigger-firing' }])
})

/** 36 more pods like one of the 4. */
function with40(view: View): View {
  const [like = expect.fail('no pod')] = all(view, 'Pod')
  const more = Array.from({ length: 36 }, (_, index) => {
    const name = `${like.metadata.name}-${index}`
    return { ...like, metadata: { ...like.metadata, name, uid: name } }
  })
  const keyed = more.map((pod) => [keyOf({ kind: 'Pod', name: pod.metadata.name }), pod] as const)
  return { ...view, objects: new Map([...view.objects, ...keyed]) }
}

describe('the traffic of a unit that is compared with stable', () => {
  const withEvidence = (more: Partial<Evidence>): Plan => ({
    ...story.plan,
    waves: story.plan.waves.map((wave) => ({ ...wave, units: wave.units.map((unit) => withSoak(unit, more)) })),
  })
  const withSoak = (unit: Unit, more: Partial<Evidence>): Unit => ({
    ...unit,
    stages: unit.stages.map((stage) =>
      stage.id === 'weight-50' ? { ...stage, soak: minute, gates: [{ kind: 'compared', last: true }] } : stage,
    ),
    ...(unit.evidence && { evidence: { ...unit.evidence, triggers: [], ...more } }),
  })
  const comparing = (): Plan => withEvidence({ comparison: usually })
  const trafficOf = async (say: Say, from?: Millis) =>
    (await checked(say, comparing(), from)).traffic.get('web@one') ?? null

  it('is what the pods counted between two readings', async () => {
    // 4 pods, 100 more requests each in 2 s.
    expect(await trafficOf(counting(99, 1))).toMatchObject({ rps: 200, baseline: { counts: { bad: 8 } } })
  })

  it('is that of all pods where only some of them are read', async () => {
    const some: Say = (pods, ...rest) => counting(99, 1)(pods.slice(0, 20), ...rest)
    const { traffic } = await checked(some, comparing(), second, with40(story.before))
    // 40 pods, 100 more requests each in 2 s.
    expect(traffic.get('web@one')).toMatchObject({ rps: 2000, baseline: { counts: { requests: 4000 } } })
  })

  it('of few requests is that of the pods’ whole lives', async () => {
    const born = Math.min(
      ...all(story.before, 'Pod').map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '')),
    )
    const slow: Say = (pods, _, at) => ({
      series: pods.map(({ name }) => ({ pod: name, id: name, counted: 'requests', samples: [[at, 500]] })),
    })
    // 4 pods, 500 requests each since the oldest of them was made.
    expect(await trafficOf(slow, born + 998 * second)).toMatchObject({ rps: 2 })
  })

  it('of a source that keeps samples is that of all its samples', async () => {
    const kept: Say = (pods, _, at) => ({
      series: pods.map(({ name }) => ({
        pod: name,
        id: name,
        counted: 'requests',
        samples: [0, 30, 60].map((ago) => [at - ago * second, 10_000 - 10 * ago] as const).toReversed(),
      })),
    })
    expect(await trafficOf(kept, 1000 * second)).toMatchObject({ rps: 40 })
  })

  it('of a source that keeps samples is that of five minutes; how much pods differ is told from half an hour', async () => {
    const now = 60 * minute
    const kept: Say = (pods, _, at, over) => {
      const times = Array.from({ length: over / minute + 1 }, (_one, index) => at - over + index * minute)
      /** 600 in a minute, and twice as many in the last five. */
      const requests = (time: Millis): number =>
        (600 * time) / minute + (600 * Math.max(0, time - now + 5 * minute)) / minute
      /** In each minute another pod fails 40. */
      const failed = (index: number, time: Millis): number => 40 * Math.floor((time / minute + index) / pods.length)
      return {
        series: pods.flatMap(({ name }, index): Series[] => [
          { pod: name, id: `${name}/200`, counted: 'requests', samples: times.map((time) => [time, requests(time)]) },
          { pod: name, id: `${name}/500`, counted: 'both', samples: times.map((time) => [time, failed(index, time)]) },
        ]),
      }
    }
    const told = await trafficOf(kept, now)
    // 4 pods, 1,200 requests each in a minute, and 40 that failed.
    expect(told?.rps).toBeCloseTo(80 + 40 / 60)
    // Of 40 failures in a minute 10 are each pod's: (30² + 3 · 10²) / 10 over 3 degrees of freedom is 40 times as much as by chance.
    expect(told?.baseline?.overdispersion).toBeGreaterThan(60)
  })

  it('is not known of a source that can not be read', async () => {
    expect(await trafficOf(() => ({ down: 'no such host' }))).toBeNull()
  })

  it('is not asked for where nothing is compared', async () => {
    const { evidence } = unitsOf(story.plan)[0] ?? {}
    const { comparison: _, ...bare } = evidence ?? expect.fail('nothing is measured')
    const plan = {
      ...story.plan,
      waves: story.plan.waves.map((wave) => ({
        ...wave,
        units: wave.units.map((unit) => ({ ...unit, evidence: bare })),
      })),
    }
    expect((await checked(counting(100, 0), plan)).traffic).toEqual(new Map())
  })

  it('that is too little for a soak is warned of, and refuses nothing', async () => {
    const { complaints } = await checked(counting(1, 0), comparing())
    expect(complaints).toMatchObject([{ level: 'warn', code: 'soak-undecided', unit: 'web@one' }])
  })
})

describe('--ignore-trigger', () => {
  const triggers = () => story.plan.waves[0]?.units[0]?.evidence?.triggers ?? []

  it.each(['error-rate > 1% for 1m', ' error-rate  >  1% for 1m', 'error-rate'])('%j names a trigger', (name) => {
    expect(ignoredOf([name], triggers())).toEqual(['error-rate > 1% for 1m'])
  })

  it.each(['error-rate > 1.25 * stable', ' error-rate>1.25*stable'])('%j names a comparison', (name) => {
    expect(ignoredOf([name], triggers(), ['error-rate > 1.25 * stable'])).toEqual(['error-rate > 1.25 * stable'])
  })

  it('a metric means its bounds and no comparison', () => {
    expect(ignoredOf(['error-rate'], triggers(), ['error-rate > 1.25 * stable'])).toEqual(['error-rate > 1% for 1m'])
    expect(() => ignoredOf(['availability'], triggers(), ['availability < 0.9 * stable'])).toThrow(
      expect.objectContaining({
        code: 'trigger-unknown',
        remedy: expect.stringContaining("'availability < 0.9 * stable'"),
      }),
    )
  })

  it('a name that no trigger has is refused with those there are', () => {
    expect(() => ignoredOf(['erors'], triggers())).toThrow(
      expect.objectContaining({
        code: 'trigger-unknown',
        remedy: expect.stringContaining("'latency.p95 > 250ms for 1m'"),
      }),
    )
  })
})
