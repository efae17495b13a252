import type { Figure, Rule } from '../../src/core/evidence.ts'
import type { Counted, Reading, Series } from '../../src/core/metrics.ts'
import { second, type Millis } from '../../src/core/time.ts'
import type { CountedPod } from '../../src/judge/counters.ts'
import { heard, type History, noHistory } from '../../src/judge/history.ts'

export const reading = (...series: readonly Series[]): Reading => ({ series, missing: [], values: new Map() })

/** `at('a', 'requests', [1, 10], [2, 15])`: seconds and values. */
export const series = (
  pod: string,
  counted: Counted,
  ...samples: readonly (readonly [seconds: number, value: number])[]
): Series => ({
  pod,
  id: `${pod}/${typeof counted === 'object' ? counted.le : counted}`,
  counted,
  samples: samples.map(([at, value]) => [at * second, value]),
})

export const pods = (tracks: Readonly<Record<string, CountedPod['track']>>): Map<string, CountedPod> =>
  new Map(Object.entries(tracks).map(([name, track]) => [name, { track, fresh: track === 'new' }]))

export const rule = (figure: Figure, op: Rule['op'], value: number, over: Millis): Rule => ({
  text: 'the rule',
  figure,
  op,
  value,
  over,
})

/** New pods that have answered so many requests in each second from the first on, of which so many failed. */
export function steady({ requests, bad, seconds }: { requests: number; bad: number; seconds: number }): History {
  let history = noHistory
  for (let at = 1; at <= seconds; at += 1) {
    const good = series('n', 'requests', [at, (requests - bad) * at])
    history = heard(history, reading(good, series('n', 'both', [at, bad * at])), pods({ n: 'new' }), at * second)
  }
  return history
}
