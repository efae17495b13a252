import type { OpenRun } from '../adapters/journal/open.ts'
import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import type { BaselineSample, Sample } from '../core/sample.ts'
import type { RunState } from '../core/state.ts'
import { second, type Millis } from '../core/time.ts'
import { podsOfTrack } from '../core/tracks.ts'
import { isReady } from '../core/view.ts'
import type { Snapshot } from '../engine/drive.ts'
import type { Polled } from '../engine/poll.ts'
import { baselineSample, noTally, sideSamples, type Tally, tallied } from '../judge/tally.ts'
import type { Clock } from '../ports.ts'
import { standingOf } from '../report/standing.ts'

export interface Sampling extends AsyncDisposable {
  looked(snapshot: Snapshot): void
  polled(polled: Polled): void
}

/** Where nothing measures requests, pods are counted this often. */
const every: Millis = 5 * second

/** Seconds since the run was opened. */
const timeIn = ({ opened }: RunState, at: Millis): number => Math.max(0, Math.round(at - opened) / second)

/** Keeps what was seen of a run while it is driven: at each poll, and whenever pods, stage or weight are others. */
export async function sampling(plan: Plan, { folder, planHash }: OpenRun, clock: Clock): Promise<Sampling> {
  const { sampleWriter } = await import('../adapters/journal/samples.ts')
  const stop = new AbortController()
  const tallies = new Map<string, Tally>()
  /** Why the source of a unit can't be read, as its last poll had it. */
  const downs = new Map<string, string | undefined>()
  const withBaseline = new Set<string>()
  const last = new Map<string, { readonly sample: Sample; readonly text: string; readonly at: Millis }>()
  let writer: ReturnType<typeof sampleWriter> | null = null
  let seen: Snapshot | null = null
  const ticking = tick()

  async function tick(): Promise<void> {
    while (!stop.signal.aborted) {
      await clock.sleep(every, stop.signal)
      const now = clock.now()
      for (const unit of unitsOf(plan))
        if (!unit.evidence?.source && now - (last.get(unit.id)?.at ?? now) >= every) take(unit, now)
    }
  }

  function take(unit: Unit, at: Millis, onlyNews = false): void {
    const look = seen?.looks.get(unit.id)
    if (!seen || !look || seen.run.run === '') return
    const { run } = seen
    const { begun, state, stage, weight } = standingOf(unit, run)
    const before = last.get(unit.id)
    // Of a unit that is over, one last sample.
    if (!begun || (state.ended && before?.sample.stage === null)) return
    const of = (track: 'new' | 'stable') => {
      const pods = podsOfTrack(unit, run.run, look.view, track)
      return { pods: pods.length, ready: pods.filter(isReady).length }
    }
    const t = timeIn(run, at)
    // Clocks are set back, and two things happen in a millisecond: what this one would say the next sample does.
    if (before && t <= before.sample.t) return
    const down = downs.get(unit.id)
    const sample: Sample = {
      t,
      unit: unit.id,
      stage: state.ended ? null : (stage?.id ?? null),
      weight: weight / 100,
      ...sideSamples(tallies.get(unit.id) ?? noTally, { new: of('new'), stable: of('stable') }),
      ...(down !== undefined && { down }),
    }
    const { t: _, ...rest } = sample
    const text = JSON.stringify(rest)
    if (onlyNews && text === before?.text) return
    last.set(unit.id, { sample, text, at })
    write(run, sample)
  }

  /** Once for each driver: what an earlier one wrote says the same. */
  function takeBaseline({ unit, compared, at }: Polled): void {
    if (!seen || seen.run.run === '' || !compared?.baseline || withBaseline.has(unit.id)) return
    const { baseline } = compared
    withBaseline.add(unit.id)
    write(seen.run, { baseline: baselineSample(baseline), t: timeIn(seen.run, at), unit: unit.id })
  }

  function write(run: RunState, line: Sample | BaselineSample): void {
    writer ??= sampleWriter(folder.samples, { v: 1, run: run.run, plan: planHash, began: run.opened })
    writer.write(line)
  }

  return {
    looked(snapshot) {
      seen = snapshot
      for (const unit of unitsOf(plan)) take(unit, snapshot.now, true)
    },
    polled(polled) {
      const { unit, history, at } = polled
      takeBaseline(polled)
      tallies.set(unit.id, tallied(tallies.get(unit.id) ?? noTally, history))
      downs.set(unit.id, history.down?.why)
      take(unit, at)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ticking
      await writer?.[Symbol.asyncDispose]()
    },
  }
}
