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
const tried = (past: ReturnType<typeof hour>) =>
  pastAlarms({ reading: past, terms: usualTerms, rules: [errors], soak, every, from: 0, to: 60 * minute })

describe('gates that are tried on the past', () => {
  it('stay silent where all pods are alike', () => {
    const { soaks, judge, rules } = tried(hour({}))
    expect({ soaks, judge, rules: [...rules] }).toEqual({ soaks: 5, judge: [], rules: [[errors.text, []]] })
  })

  it('name the pod that was not well, each time that it played the new version', () => {
    const { judge, rules } = tried(hour({ b: 0.2 }))
    expect(judge.map(({ pod }) => pod)).toEqual(['b', 'b'])
    expect(judge[0]?.at).toBeGreaterThan(20 * minute)
    expect(judge[0]?.at).toBeLessThan(22 * minute)
    expect(rules.get(errors.text)).toEqual([
      { at: 30 * minute, pod: 'b' },
      { at: 60 * minute, pod: 'b' },
    ])
  })

  it('are given the pods in turn by their names, in whatever order a source tells of them', () => {
    const { series: all, ...rest } = hour({ a: 0.2 })
    const whole = { ...series('', 'requests', [10, 100], [20, 200]), track: 'stable' as const }
    const shuffled = { ...rest, series: [whole, ...all.toReversed()] }
    expect(tried(shuffled).rules).toEqual(tried({ ...rest, series: all }).rules)
  })

  it('hold a rule against its own time before the end of the soak', () => {
    expect(tried(hour({ b: 0.2 }, 20 * 60, 24 * 60)).rules.get(errors.text)).toEqual([])
    expect(tried(hour({ b: 0.2 }, 20 * 60, 26 * 60)).rules.get(errors.text)).toEqual([{ at: 30 * minute, pod: 'b' }])
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
    expect(
      pastAlarms({ reading: hour({}), terms: usualTerms, rules: [], soak, every, from: 0, to: 19 * minute }).soaks,
    ).toBe(0)
  })
})
