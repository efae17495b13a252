import { describe, expect, it } from 'vitest'
import { minute, second } from '../../src/core/time.ts'
import { usualTerms } from '../../src/judge/compared/terms.ts'
import { pastAlarms } from '../../src/judge/past.ts'
import { reading, rule, series } from './builders.ts'

const every = 10 * second
const soak = 10 * minute
const errors = rule({ kind: 'error-rate' }, '>', 0.01, 5 * minute)

/** Three pods that answer ten requests in a second, for an hour, of which a pod fails so many from a time to another. */
const hour = (failing: Readonly<Record<string, number>>, from = 0, to = 3600) =>
  reading(
    ...['a', 'b', 'c'].flatMap((pod) => {
      const at = Array.from({ length: 361 }, (_, index) => index * 10)
      const bad = (seconds: number) =>
        Math.floor(Math.max(0, Math.min(to, seconds) - from) * 10 * (failing[pod] ?? 0.001))
      return [
        series(pod, 'requests', ...at.map((seconds): [number, number] => [seconds, seconds * 10])),
        series(pod, 'errors', ...at.map((seconds): [number, number] => [seconds, bad(seconds)])),
      ]
    }),
  )
/** Six pods, each with a histogram, for so many hours. */
const busy = (hours: number) => {
  const at = Array.from({ length: hours * 360 + 1 }, (_, index) => index * 10)
  const les = [50, 100, 250, 500, 1000, Number.POSITIVE_INFINITY].map((le) => ({ le }))
  const samples = (rps: number) => at.map((seconds): [number, number] => [seconds, seconds * rps])
  return reading(
    ...['a', 'b', 'c', 'd', 'e', 'f'].flatMap((pod) => [
      series(pod, 'errors', ...samples(0.01)),
      ...(['requests', ...les] as const).map((counted) => series(pod, counted, ...samples(10))),
    ]),
  )
}
const tried = (past: ReturnType<typeof hour>) => pastAlarms({ ...usual, reading: past })
const usual = {
  terms: usualTerms,
  triggers: [errors],
  objectives: [],
  bounds: [],
  soak,
  every,
  from: 0,
  to: 60 * minute,
}
const firedIn = (past: ReturnType<typeof hour>) => tried(past).triggers[0]?.fired

describe('gates that are tried on the past', () => {
  it('stay silent where all pods are alike', () => {
    expect(tried(hour({}))).toEqual({
      soaks: 5,
      judge: [],
      triggers: [{ rule: errors, fired: [], isWeighed: true }],
      objectives: [],
      unmade: [],
    })
  })

  it('name the pod that was not well, each time that it played the new version', () => {
    const { judge, triggers } = tried(hour({ b: 0.2 }))
    expect(judge.map(({ pod }) => pod)).toEqual(['b', 'b'])
    expect(judge[0]?.at).toBeGreaterThan(20 * minute)
    expect(judge[0]?.at).toBeLessThan(22 * minute)
    // 20 of 100 are beyond doubt long before its window is full.
    expect(triggers[0]?.fired).toEqual([
      { at: 20 * minute + every, pod: 'b' },
      { at: 50 * minute + every, pod: 'b' },
    ])
  })

  it('count the first failures of a pod, though their series begins with them', () => {
    const at = Array.from({ length: 361 }, (_, index) => index * 10)
    const paced = at.map((seconds): [number, number] => [seconds, seconds * 10])
    // 400 requests fail at once when b has played the new version for five minutes.
    const burst = at.filter((seconds) => seconds >= 1500).map((seconds): [number, number] => [seconds, 400])
    const all = ['a', 'b', 'c'].map((pod) => series(pod, 'requests', ...paced))
    expect(firedIn(reading(...all, series('b', 'both', ...burst)))).toEqual([{ at: 25 * minute, pod: 'b' }])
  })

  it('are given the pods in turn by their names, in whatever order a source tells of them', () => {
    const { series: all, ...rest } = hour({ a: 0.2 })
    const whole = { ...series('', 'requests', [10, 100], [20, 200]), track: 'stable' as const }
    const shuffled = { ...rest, series: [whole, ...all.toReversed()] }
    expect(tried(shuffled).triggers).toEqual(tried({ ...rest, series: all }).triggers)
  })

  it('hold a rule against its own time at each poll, as a release does', () => {
    // 1.5 % of b's requests, which a window that is not full can't tell from 1 %.
    expect(firedIn(hour({ b: 0.015 }, 20 * 60, 30 * 60))).toEqual([{ at: 25 * minute, pod: 'b' }])
    expect(firedIn(hour({ b: 0.015 }, 20 * 60, 23 * 60))).toEqual([])
    // It is over long before the soak is.
    expect(firedIn(hour({ b: 0.03 }, 21 * 60, 24 * 60))?.map(({ pod }) => pod)).toEqual(['b'])
  })

  it('tell a rule that stayed silent from one that nothing was counted for', () => {
    const few = rule({ kind: 'error-rate' }, '>', 0.0001, minute)
    const { triggers } = pastAlarms({ ...usual, reading: hour({}), triggers: [errors, few] })
    expect(triggers.map(({ isWeighed }) => isWeighed)).toEqual([true, false])
  })

  it('hold what is promised all the time, and at the end of a soak', () => {
    const promised = { ...rule({ kind: 'availability' }, '<', 0.99, 0), text: 'availability < 99%' }
    // All pods fail 3 % for four minutes: no pod is worse than another.
    const reading = hour({ a: 0.03, b: 0.03, c: 0.03 }, 20 * 60, 24 * 60)
    const { judge, objectives } = pastAlarms({ ...usual, reading, objectives: [promised] })
    expect(tried(reading).judge).toEqual([])
    expect(judge.map(({ pod }) => pod)).toEqual(['b'])
    expect(objectives).toEqual([{ rule: promised, fired: [{ at: 30 * minute, pod: 'b' }], isWeighed: true }])
  })

  it('hold to bounds that are made of what stable did before each soak', () => {
    const figure = { kind: 'error-rate' } as const
    const bounds = [{ text: 'error-rate > 3 * baseline', figure, factor: 3 }]
    // All pods fail 3 % for four minutes, thirty times as many as before: no pod is worse than another.
    const reading = hour({ a: 0.03, b: 0.03, c: 0.03 }, 20 * 60, 24 * 60)
    const { judge, unmade } = pastAlarms({ ...usual, reading, bounds })
    expect(judge.map(({ pod }) => pod)).toEqual(['b'])
    expect(judge[0]?.at).toBeLessThan(24 * minute)
    expect(unmade).toEqual([])
  })

  it('say which bound could not be made: stable had counted nothing of it', () => {
    const figure = { kind: 'latency', quantile: 0.95 } as const
    const bounds = [{ text: 'latency.p95 > 2 * baseline', figure, factor: 2 }]
    expect(pastAlarms({ ...usual, reading: hour({}), bounds }).unmade).toEqual(bounds)
  })

  it('know how much pods differ, as a release does', () => {
    // Each pod has bad minutes of its own, a pod after the other.
    const minutes = { a: 0, b: 1, c: 2 }
    const restless = hour({}).series.map((one) => {
      if (one.counted !== 'errors') return one
      let bad = 0
      const samples = one.samples.map(([at], index) => {
        const turn = Math.floor(at / minute) % 3 === minutes[one.pod as keyof typeof minutes]
        bad += turn ? 9 : Number(index % 6 === 0)
        return [at, bad] as const
      })
      return { ...one, samples }
    })
    const reading = { ...hour({}), series: restless }
    const blind = pastAlarms({ ...usual, reading, terms: { ...usualTerms, overdispersion: 1 } })
    const { judge } = pastAlarms({ ...usual, reading })
    const late = (all: typeof judge) => all.filter(({ at }) => at > 31 * minute)
    expect(late(blind.judge).length).toBeGreaterThan(0)
    expect(late(judge)).toEqual([])
  })

  it('look at the very end of a soak, too, where that is between two polls', () => {
    const whole = rule({ kind: 'error-rate' }, '>', 0.01, soak)
    const reading = hour({ b: 0.011 })
    const { triggers } = pastAlarms({ ...usual, reading, triggers: [whole], every: 70 * second })
    expect(triggers[0]?.fired[0]).toEqual({ at: 30 * minute, pod: 'b' })
  })

  it('take as much longer as the time is that they are tried on', { timeout: 120_000 }, () => {
    const triggers = [1, 5, 10].map((minutes) => rule({ kind: 'latency', quantile: 0.95 }, '>', 500, minutes * minute))
    const spentOn = (hours: number) => {
      const past = busy(hours)
      const began = process.threadCpuUsage()
      const { soaks } = pastAlarms({ ...usual, reading: past, triggers, to: hours * 60 * minute })
      return { soaks, spent: process.threadCpuUsage(began).user }
    }
    const [part, day] = [spentOn(6), spentOn(24)]
    expect([part.soaks, day.soaks]).toEqual([35, 143])
    // Four times as much, and some for noise; sixteen times is what looking through all of it again each time would take.
    expect(day.spent / part.spent).toBeLessThan(9)
  })

  it('compare latency with the soak before where a source has a histogram', () => {
    // From 20 min on, half of b's requests take more than 100 ms, and before that a tenth as of all pods.
    const quick = (pod: string, seconds: number) =>
      9 * seconds - (pod === 'b' ? 4 * Math.max(0, Math.min(1800, seconds) - 1200) : 0)
    const slow = hour({}).series.flatMap((one) =>
      one.counted === 'requests'
        ? [
            one,
            { ...one, id: `${one.pod}/all`, counted: { le: Number.POSITIVE_INFINITY } },
            {
              ...one,
              id: `${one.pod}/100`,
              counted: { le: 100 },
              samples: one.samples.map(([at]) => [at, quick(one.pod, at / second)] as const),
            },
          ]
        : [one],
    )
    expect(tried({ ...hour({}), series: slow }).judge.map(({ pod }) => pod)).toEqual(['b'])
  })

  it('need two pods, and a soak before the first', () => {
    const one = { ...hour({}), series: hour({}).series.filter(({ pod }) => pod === 'a') }
    expect(tried(one).soaks).toBe(0)
    expect(pastAlarms({ ...usual, reading: hour({}), triggers: [], to: 19 * minute }).soaks).toBe(0)
  })
})
