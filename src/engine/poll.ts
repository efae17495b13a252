import { type BeforeRelease, compared, type Compared, exposedSince } from '../core/comparing.ts'
import { comparedRead, comparedWritten, isUnder } from '../core/comparing-kept.ts'
import { paceOf, quick, type Reading } from '../core/metrics.ts'
import type { Unit } from '../core/plan.ts'
import { partRead } from '../core/stable-part.ts'
import { type RunState, unitState } from '../core/state.ts'
import { minute, second, type Millis } from '../core/time.ts'
import type { View } from '../core/view.ts'
import { countersRead, countersWritten } from '../judge/counters-checkpoint.ts'
import { heard, type History, noHistory, unheard } from '../judge/history.ts'
import type { Clock, Metrics, Note, Notebook } from '../ports.ts'
import { beforeRelease, fromReading } from './before-release.ts'
import { countedAs, measured } from './measured-pods.ts'

const mostPerRead: Millis = 30 * second
/** Samples of a source that keeps them may come so much later than they were taken. */
const late: Millis = minute

export interface Polled {
  readonly unit: Unit
  readonly history: History
  /** The new version beside stable; `null` where it is not compared, or not yet. */
  readonly compared: Compared | null
  readonly at: Millis
}

export interface Poll {
  readonly unit: Unit
  /** Dated by `now`. */
  readonly metrics: Metrics
  readonly clock: Clock
  readonly now: () => Millis
  /** Whose figures are wanted now. */
  readonly seen: () => { readonly view: View; readonly run: RunState }
  readonly notebook: Notebook
  /** Resolves when something was noted: a weight that is raised is not slept through. */
  readonly noted: () => Promise<void>
  readonly signal: AbortSignal
  readonly onPolled: (polled: Polled) => void
}

/** Asks the unit's source until it has ended or the signal aborts. What it said so far is handed on after each poll. */
export async function pollUnit(poll: Poll): Promise<void> {
  const { unit, now, seen, signal, onPolled, notebook } = poll
  let { judged, history, isGap } = await begin(poll)
  let before: BeforeRelease | null = null
  // While half of a side can't be read nothing is judged, and then all that was counted meanwhile is, of both sides.
  let shown = history
  while (!signal.aborted && !unitState(seen().run, unit.id).ended) {
    const polled = await once(poll, history, isGap)
    if (!judged && unit.evidence?.comparison && polled.reading) before = await beforeIt(poll, polled.reading, before)
    if (signal.aborted) return
    history = polled.history
    const { stablePart } = polled
    judged = compared(judged, { unit, run: seen().run, before, known: shown, history, stablePart, now: now() })
    if (!history.down) shown = history
    isGap &&= history.heard === null
    notebook.keep(unit.id, noteOf(judged, history))
    onPolled({ unit, history, compared: judged, at: now() })
    await untilNext(poll)
  }
}

interface Beginning {
  readonly judged: Compared | null
  readonly history: History
  /** Where counters stood is not known: what they counted so far was judged already, or has no stable beside it. */
  readonly isGap: boolean
}

/** Where the driver before this one was, as far as it is known. */
async function begin({ unit, notebook, seen }: Poll): Promise<Beginning> {
  const kept = await notebook.read(unit.id)
  const read = kept?.judge ? comparedRead(kept.judge) : null
  const judged = read && isUnder(unit, read) ? read : null
  const counters = kept?.counters ? countersRead(kept.counters) : null
  return {
    judged,
    history: counters ? { ...noHistory, counters } : noHistory,
    isGap: counters === null && exposedSince(unit, seen().run) !== null,
  }
}

const noteOf =
  (judged: Compared | null, { counters }: History) =>
  (): Note => ({ judge: judged && comparedWritten(judged), counters: countersWritten(counters) })

async function once(
  { unit, metrics, now, seen, signal }: Poll,
  history: History,
  isGap: boolean,
): Promise<{ readonly history: History; readonly reading: Reading | null; readonly stablePart: number }> {
  const { view, run } = seen()
  const pods = measured(unit, run, view)
  const stablePart = partRead(unit.evidence?.source, pods.filter(({ track }) => track === 'stable').length)
  const over = history.heard === null ? longestWindow(unit) : now() - history.heard + late
  const timeout = Math.min(mostPerRead, Math.max(5 * second, metrics.every))
  const reading = await metrics.read(pods, over, { signal, timeout })
  if ('down' in reading) return { history: unheard(history, reading.down, now()), reading: null, stablePart }
  const counted = countedAs(pods, !isGap)
  const said = isGap ? newest(reading) : reading
  return { history: heard(history, said, counted, now(), longestWindow(unit)), reading, stablePart }
}

/** Only where each counter stands now. */
const newest = ({ series, ...rest }: Reading): Reading => ({
  ...rest,
  series: series.map((one) => ({ ...one, samples: one.samples.slice(-1) })),
})

/**
 * What a source has kept is asked for until it says it: one that fails once may answer well before new pods have requests.
 * Of a source that keeps nothing the last reading before the release says most.
 */
async function beforeIt(
  { unit, metrics, now, seen, signal }: Poll,
  reading: Reading,
  known: BeforeRelease | null,
): Promise<BeforeRelease> {
  const at = { unit, ...seen(), now: now() }
  const source = unit.evidence?.source
  if (known && exposedSince(unit, at.run) !== null) return known
  if (source?.kind === 'prometheus')
    return known?.baseline ? known : beforeRelease({ ...at, metrics, signal }, { reading, known })
  return fromReading(reading, at, paceOf({ kind: source?.kind, every: metrics.every }))
}

export const longestWindow = ({ evidence }: Unit): Millis =>
  Math.max(minute, ...(evidence?.triggers ?? []).map(({ over }) => over))

async function untilNext(poll: Poll): Promise<void> {
  const { clock, noted, signal } = poll
  const since = clock.elapsed()
  for (let left = pace(poll); left > 0 && !signal.aborted; left = since + pace(poll) - clock.elapsed()) {
    const waiting = new AbortController()
    await Promise.race([clock.sleep(left, AbortSignal.any([signal, waiting.signal])), noted()])
    waiting.abort('something happened')
  }
}

function pace({ unit, seen, now, metrics: { every } }: Poll): Millis {
  if (unit.evidence?.source?.kind !== 'pods') return every
  const { run } = seen()
  const { steps } = unitState(run, unit.id)
  const raised = unit.stages
    .filter(({ weight = 0 }) => weight > 0)
    .flatMap((stage) => stage.steps.flatMap(({ id }) => steps.get(id)?.at ?? []))
  return now() - Math.max(0, ...raised) < minute ? Math.min(quick, every) : every
}
