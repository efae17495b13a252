import { type BeforeRelease, exposedSince } from '../core/comparing.ts'
import type { Reading } from '../core/metrics.ts'
import type { Unit } from '../core/plan.ts'
import type { RunState } from '../core/state.ts'
import { second, type Millis } from '../core/time.ts'
import { podsOfTrack } from '../core/tracks.ts'
import type { View } from '../core/view.ts'
import { baselineIn, lifetimeOf, scrapeOf } from '../judge/compared/before.ts'
import { looksBack } from '../judge/compared/overdispersion.ts'
import type { Metrics } from '../ports.ts'
import { countedAs, measuredOf } from './measured-pods.ts'

const patience: Millis = 20 * second

interface Asked {
  readonly unit: Unit
  readonly view: View
  readonly run: RunState
  readonly metrics: Metrics
  readonly now: Millis
  readonly signal: AbortSignal
}

/**
 * Of a source that keeps samples, half an hour of the stable pods; one that can't say it now is not waited for. How often
 * it takes samples is then told from the last poll, or from one before: not every poll holds two of a series.
 */
export async function beforeRelease(
  { unit, view, run, metrics, now, signal }: Asked,
  last: { readonly reading: Reading; readonly known: BeforeRelease | null },
): Promise<BeforeRelease> {
  const pods = measuredOf('stable', unit, run, view)
  const began = exposedSince(unit, run) ?? now
  const reading = await metrics.read(pods, now - began + looksBack, { signal, timeout: patience })
  if ('down' in reading) {
    const scrape = scrapeOf(last.reading) ?? 0
    return { baseline: null, batch: Math.max(metrics.every, scrape, last.known?.batch ?? 0) }
  }
  const baseline = baselineIn(reading, countedAs(pods), began)
  // A recording of the run has what the baseline says, and is to be held to the same.
  const scrape = baseline?.scrape ?? scrapeOf(reading) ?? 0
  return { baseline, batch: Math.max(metrics.every, scrape) }
}

/** Of a source that keeps none, all that the stable pods counted in their lives. */
export function fromReading(
  reading: Reading,
  { unit, view, run, now }: Pick<Asked, 'unit' | 'view' | 'run' | 'now'>,
  batch: Millis,
): BeforeRelease {
  const made = podsOfTrack(unit, run.run, view, 'stable')
    .map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? ''))
    .filter(Number.isFinite)
  const pods = countedAs(measuredOf('stable', unit, run, view))
  return { baseline: lifetimeOf(reading, pods, now - Math.min(now, ...made)), batch }
}
