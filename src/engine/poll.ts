import type { Unit } from '../core/plan.ts'
import { type RunState, unitState } from '../core/state.ts'
import { minute, second, type Millis } from '../core/time.ts'
import type { View } from '../core/view.ts'
import { heard, type History, noHistory, unheard } from '../judge/history.ts'
import type { Clock, Metrics } from '../ports.ts'
import { countedAs, measured } from './measured-pods.ts'

/** After a weight was changed, pods are asked this often for a minute: that is when a bad version shows. */
const quick: Millis = 2 * second
const mostPerRead: Millis = 30 * second
/** Samples of a source that keeps them may come so much later than they were taken. */
const late: Millis = minute

export interface Polled {
  readonly unit: Unit
  readonly history: History
  readonly at: Millis
}

export interface Poll {
  readonly unit: Unit
  readonly metrics: Metrics
  readonly clock: Clock
  readonly now: () => Millis
  /** Whose figures are wanted now. */
  readonly seen: () => { readonly view: View; readonly run: RunState }
  readonly signal: AbortSignal
  readonly onPolled: (polled: Polled) => void
}

/** Asks the unit's source until it has ended or the signal aborts. What it said so far is handed on after each poll. */
export async function pollUnit(poll: Poll): Promise<void> {
  const { unit, metrics, clock, now, seen, signal, onPolled } = poll
  let history = noHistory
  while (!signal.aborted && !unitState(seen().run, unit.id).ended) {
    history = await once(poll, history)
    if (signal.aborted) return
    onPolled({ unit, history, at: now() })
    await clock.sleep(pace(poll, metrics.every), signal)
  }
}

async function once({ unit, metrics, now, seen, signal }: Poll, history: History): Promise<History> {
  const { view, run } = seen()
  const pods = measured(unit, run, view)
  const over = history.heard === null ? longestWindow(unit) : now() - history.heard + late
  const timeout = Math.min(mostPerRead, Math.max(5 * second, metrics.every))
  const reading = await metrics.read(pods, over, { signal, timeout })
  if ('down' in reading) return unheard(history, reading.down, now())
  return heard(history, reading, countedAs(pods), now())
}

export const longestWindow = ({ evidence }: Unit): Millis =>
  Math.max(minute, ...(evidence?.triggers ?? []).map(({ over }) => over))

function pace({ unit, seen, now }: Poll, every: Millis): Millis {
  if (unit.evidence?.source?.kind !== 'pods') return every
  const { run } = seen()
  const { steps } = unitState(run, unit.id)
  const raised = unit.stages
    .filter(({ weight = 0 }) => weight > 0)
    .flatMap((stage) => stage.steps.flatMap(({ id }) => steps.get(id)?.at ?? []))
  return now() - Math.max(0, ...raised) < minute ? Math.min(quick, every) : every
}
