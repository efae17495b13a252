import type { BaselineBound, Rule } from '../core/evidence.ts'
import type { Reading, Series } from '../core/metrics.ts'
import { minute, type Millis } from '../core/time.ts'
import { baselineIn } from './compared/before.ts'
import { streamsHeldTo } from './compared/bounds.ts'
import { isAlarm, judged, startJudge } from './compared/judge.ts'
import { looksBack } from './compared/overdispersion.ts'
import { batchOf, type Stream } from './compared/streams.ts'
import type { Terms } from './compared/terms.ts'
import { type CountedPod, count, nothingCounted } from './counters.ts'
import { countedSince, type History, noHistory } from './history.ts'
import { weigh } from './weigh.ts'

/** How often gates would have fired in a time in which nothing was released. */
export interface PastAlarms {
  /** Soaks that were tried, one after the other; in each of them another pod plays the new version. */
  readonly soaks: number
  readonly judge: readonly Firing[]
  /** As they were given. */
  readonly triggers: readonly Tried[]
  readonly objectives: readonly Tried[]
  /** Bounds that the judge held to in no soak: stable had counted nothing that they could be made of. */
  readonly unmade: readonly BaselineBound[]
}

interface Firing {
  readonly at: Millis
  readonly pod: string
}

/** What a rule did. */
export interface Tried {
  readonly rule: Rule
  /** Once in a soak: a release would have ended there. */
  readonly fired: readonly Firing[]
  /** In some soak there was enough to say that it did not hold, or did. Else its silence says nothing. */
  readonly isWeighed: boolean
}

interface Past {
  readonly reading: Reading
  readonly terms: Terms
  /** Looked at with each poll. */
  readonly triggers: readonly Rule[]
  /** Held to all the time, and looked at when a soak ends. */
  readonly objectives: readonly Rule[]
  /** Made anew for each soak of what stable did before it; the judge holds to them. */
  readonly bounds: readonly BaselineBound[]
  readonly soak: Millis
  readonly every: Millis
  readonly from: Millis
  readonly to: Millis
}

/** Where a series has had no sample for so long, nobody knows any more where it stood. */
const stale: Millis = 5 * minute

/**
 * Tries the gates on the past. What stable did before a window is its baseline, as it is that of a release. Pods of one
 * version are the same, so whatever fires is a false alarm, or a pod that was not well.
 */
export function pastAlarms({ triggers, objectives, ...past }: Past): PastAlarms {
  const { reading, bounds, soak, from, to } = past
  const pods = [...new Set(reading.series.map(({ pod }) => pod))].filter((pod) => pod !== '').sort()
  const began = Array.from({ length: Math.floor((to - from) / soak) - 1 }, (_, index) => from + (index + 1) * soak)
  const all = (pods.length > 1 ? began : []).map((at, index) =>
    soakOf(pods[index % pods.length] ?? '', { ...past, objectives, began: at }),
  )
  const tried = (rule: Rule, when: (polls: readonly Millis[]) => readonly Millis[]): Tried => {
    const seen = all.map(({ pod, began: since, polls, history }) => {
      const answers = when(polls).map((now) => ({ pod, at: now, ...weigh(rule, history, 'new', { since, now }) }))
      return { crossed: answers.find(({ answer }) => answer === 'crossed'), answers }
    })
    return {
      rule,
      fired: seen.flatMap(({ crossed }) => (crossed ? [{ at: crossed.at, pod: crossed.pod }] : [])),
      isWeighed: seen.some(({ answers }) => answers.some(({ answer }) => answer === 'crossed' || answer === 'clear')),
    }
  }
  return {
    soaks: all.length,
    judge: all.flatMap(({ pod, stopped }) => (stopped === null ? [] : [{ at: stopped, pod }])),
    triggers: triggers.map((rule) => tried(rule, (polls) => polls)),
    objectives: objectives.map((rule) => ({ ...tried({ ...rule, over: soak }, (polls) => polls.slice(-1)), rule })),
    unmade: bounds.filter(({ text }) => !all.some(({ streams }) => streams.some(({ metric }) => metric === text))),
  }
}

interface Start extends Pick<Past, 'reading' | 'terms' | 'objectives' | 'bounds' | 'soak' | 'every'> {
  readonly began: Millis
}

interface Soak {
  readonly pod: string
  readonly began: Millis
  /** The last one is when the soak ends. */
  readonly polls: readonly Millis[]
  readonly history: History
  /** What the judge compares. */
  readonly streams: readonly Stream[]
  /** When the judge would have stopped the release. */
  readonly stopped: Millis | null
}

/** As if a pod had been released when the soak began. */
function soakOf(pod: string, { began, ...past }: Start): Soak {
  const { reading, soak, every } = past
  const polls = Array.from(
    { length: Math.ceil(soak / every) },
    (_, index) => began + Math.min(soak, (index + 1) * every),
  )
  const tracks = new Map(
    reading.series.map((one): [string, CountedPod] => [
      one.pod,
      { track: one.pod === pod ? 'new' : 'stable', fresh: false },
    ]),
  )
  const { increments } = count(nothingCounted, cut(reading, began - Math.min(soak, stale), began + soak), tracks)
  const history = { ...noHistory, increments }
  const streams = streamsBefore({ ...past, began, tracks })
  return { pod, began, polls, history, streams, stopped: stoppedAt({ ...past, began, polls, history, streams }) }
}

/** By what stable did before the soak, as it is for a release. */
function streamsBefore({
  reading,
  terms,
  objectives,
  bounds,
  began,
  tracks,
}: Start & { readonly tracks: ReadonlyMap<string, CountedPod> }): readonly Stream[] {
  const others = new Map([...tracks].filter(([, { track }]) => track === 'stable'))
  const baseline = baselineIn(cut(reading, began - looksBack, began), others, began)
  const latency = (baseline?.counts.buckets.size ?? 0) > 0
  return streamsHeldTo(terms, { bounds, objectives, baseline, latency }).streams
}

/** Back, or held for a human. */
function stoppedAt({
  terms,
  soak,
  began,
  polls,
  history,
  streams,
}: Pick<Start, 'terms' | 'soak' | 'began'> & Pick<Soak, 'polls' | 'history' | 'streams'>): Millis | null {
  if (streams.length === 0) return null
  let state = startJudge(terms, streams, { at: 0, soak, last: true })
  let before = began
  for (const now of polls) {
    const [fresh, stable] = [countedSince(history, 'new', before, now), countedSince(history, 'stable', before, now)]
    const batches = Object.fromEntries(streams.map((stream) => [stream.name, batchOf(stream, fresh, stable)]))
    state = judged(state, { at: now - began, batches })
    if (state.verdict && isAlarm(state.verdict)) return began + state.verdict.at
    before = now
  }
  return null
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
