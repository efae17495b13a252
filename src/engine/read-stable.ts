import type { Reading } from '../core/metrics.ts'
import type { Unit } from '../core/plan.ts'
import { minute, second, type Millis } from '../core/time.ts'
import { heard, type History, noHistory } from '../judge/history.ts'
import type { Clock, MeasuredPod, Metrics } from '../ports.ts'
import { datedBy } from './dated-by.ts'
import { countedAs } from './measured-pods.ts'
import { longestWindow } from './poll.ts'

/** Half an hour of all pods takes a source a while. */
const patience: Millis = 20 * second

/** A window is known to be full by a sample that was taken before it, which scrapes are seldom longer apart than. */
const before: Millis = minute

export interface StableReading {
  readonly unit: Unit
  /** The pods that serve before the release. */
  readonly pods: readonly MeasuredPod[]
  readonly metrics: Metrics
  /** Counters are differences: a source that keeps no samples is read twice, so far apart. */
  readonly between: Millis
  /** How far a source that keeps samples looks back, at least. */
  readonly over?: Millis
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** One round: why the source can't be read, or what it said and all that was counted so far. */
export type StableRound = { readonly down: string } | { readonly reading: Reading; readonly history: History }

/** What the pods that serve now have counted, before anything is changed. The last round has it all. */
export async function* readStable(asked: StableReading): AsyncGenerator<StableRound, void, undefined> {
  const { unit, pods, between, over = 0, clock, signal } = asked
  const metrics = datedBy(clock.now, asked.metrics)
  let history = noHistory
  for (const round of [0, 1]) {
    if (round > 0) await clock.sleep(between, signal)
    signal.throwIfAborted()
    const reading = await metrics.read(pods, Math.max(over, longestWindow(unit) + before), {
      signal,
      timeout: patience,
    })
    if ('down' in reading) return yield reading
    history = heard(history, reading, countedAs(pods), clock.now())
    yield { reading, history }
    if (reading.series.some(({ samples }) => samples.length > 1)) return
  }
}

/** When the samples of a reading were taken. */
export const timesIn = ({ series }: Reading): readonly Millis[] =>
  series.flatMap(({ samples }) => samples.map(([at]) => at))
