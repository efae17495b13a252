import type { Rule } from '../core/evidence.ts'
import type { Reading, Series } from '../core/metrics.ts'
import type { Millis } from '../core/time.ts'
import { baselineOf, pollBetween } from './compared/from-history.ts'
import { judged, startJudge } from './compared/judge.ts'
import { streamsOf } from './compared/streams.ts'
import type { Terms } from './compared/terms.ts'
import type { CountedPod } from './counters.ts'
import { heard, type History, noHistory } from './history.ts'
import { weigh } from './weigh.ts'

/** How often gates would have fired in a time in which nothing was released. */
export interface PastAlarms {
  /** Soaks that were tried, one after the other; in each of them another pod plays the new version. */
  readonly soaks: number
  readonly judge: readonly { readonly at: Millis; readonly pod: string }[]
  /** By the rules' texts. */
  readonly rules: ReadonlyMap<string, readonly { readonly at: Millis; readonly pod: string }[]>
}

interface Past {
  readonly reading: Reading
  readonly terms: Terms
  readonly rules: readonly Rule[]
  readonly soak: Millis
  readonly every: Millis
  readonly from: Millis
  readonly to: Millis
}

/**
 * Tries the gates on the past. The soak before a window is its baseline. Pods of one version are the same, so whatever
 * fires is a false alarm, or a pod that was not well.
 */
export function pastAlarms({ reading, terms, rules, soak, every, from, to }: Past): PastAlarms {
  const pods = [...new Set(reading.series.map(({ pod }) => pod))].filter((pod) => pod !== '').sort()
  const judge: { at: Millis; pod: string }[] = []
  const fired = new Map(rules.map(({ text }): [string, { at: Millis; pod: string }[]] => [text, []]))
  let soaks = 0
  for (let began = from + soak; began + soak <= to && pods.length > 1; began += soak) {
    const pod = pods[soaks % pods.length] ?? ''
    soaks += 1
    const { history, rollback } = released(pod, { reading, terms, soak, every, began })
    if (rollback !== null) judge.push({ at: began + rollback, pod })
    for (const rule of rules)
      if (weigh(rule, history, 'new', { since: began, now: began + soak }).answer === 'crossed')
        fired.get(rule.text)?.push({ at: began + soak, pod })
  }
  return { soaks, judge, rules: fired }
}

/** As if a pod had been released at a time. */
function released(
  canary: string,
  {
    reading,
    terms,
    soak,
    every,
    began,
  }: Pick<Past, 'reading' | 'terms' | 'soak' | 'every'> & { readonly began: Millis },
): { readonly history: History; readonly rollback: Millis | null } {
  const tracks = new Map(
    reading.series.map(({ pod }): [string, CountedPod] => [
      pod,
      { track: pod === canary ? 'new' : 'stable', fresh: false },
    ]),
  )
  const known = heard(noHistory, cut(reading, began - soak, began), tracks, began)
  const baseline = baselineOf(known, began, null)
  const { streams } = streamsOf(terms, { baseline, latency: (baseline?.counts.buckets.size ?? 0) > 0 })
  let state = startJudge(terms, streams, { at: 0, soak, last: true })
  let history = known
  for (let now = began + every; now <= began + soak; now += every) {
    const after = heard(history, cut(reading, now - every, now), tracks, now)
    state = judged(state, pollBetween(history, after, { streams, at: now - began }))
    history = after
  }
  return { history, rollback: state.verdict?.answer === 'rollback' ? state.verdict.at : null }
}

const cut = (reading: Reading, from: Millis, to: Millis): Reading => ({
  ...reading,
  series: reading.series.map(
    (one): Series => ({
      ...one,
      samples: one.samples.slice(upTo(one.samples, from), upTo(one.samples, to)),
    }),
  ),
})

/** How many samples are not later than this. */
function upTo(samples: Series['samples'], at: Millis): number {
  let [low, high] = [0, samples.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((samples[middle]?.[0] ?? at) <= at) low = middle + 1
    else high = middle
  }
  return low
}
