import { DeployError } from '../../core/errors.ts'
import { second, type Millis } from '../../core/time.ts'
import type { Counts } from '../counters.ts'
import type { Baseline } from '../compared/streams.ts'
import {
  badLine,
  baselineIn,
  headerOf,
  type RecordedBaseline,
  type RecordedLine,
  type RecordingHeader,
  sampleOf,
} from './format.ts'
import { linesOf } from './lines.ts'
import { byBound, countsOf, type SideMemory, sideRead, startSide } from './sides.ts'

/** Whether the totals of a side began before the recording. */
export type Begun = Readonly<Record<'fresh' | 'stable', boolean>>

const notBegun: Begun = { fresh: false, stable: false }

/** A recording of samples, as polls that a judge or another policy can be shown. */
export interface Recording {
  /** As long as a poll and as a scrape; `null`: not said. */
  readonly batch: Millis | null
  /** As the header has it; a run says it in a line of its own, with a poll. */
  readonly baseline: Baseline | null
  /** A run wrote it: all of its stages are there, up to where it stands. */
  readonly isOfRun: boolean
  /** Whether its end is the end of a stage. */
  readonly endsStage: boolean
  readonly polls: AsyncIterable<RecordedPoll>
}

export interface RecordedPoll {
  readonly at: Millis
  /** From 0 to 1; `null`: nowhere said. */
  readonly weight: number | null
  readonly stage: string | null
  /** What stable did before the release, where that was said since the poll before. */
  readonly baseline: Baseline | null
  /** What each side counted since the line before; `null`: no data. */
  readonly fresh: Counts | null
  readonly stable: Counts | null
  /** Of a side's time since it had data before, some is not in what it counted: its counters began, or began again. */
  readonly anew: Readonly<Record<'fresh' | 'stable', boolean>>
  /** The source could not be read at all. */
  readonly down: boolean
  /** Why something is no data, with the line's number. */
  readonly notes: readonly string[]
}

/**
 * Reads a recording, line by line: that of `deploy judge`, and the samples that a run writes (`new` for `canary`, the
 * weight in each line). `unit`: of a run with several. `begun`: sides whose first totals were counted before.
 * @throws DeployError `bad-samples` with the line's number
 */
export async function openRecording(
  name: string,
  pieces: AsyncIterable<string>,
  unit: string | null = null,
  begun: Begun = notBegun,
): Promise<Recording> {
  const lines = linesOf(name, pieces)
  const { value: first } = await lines.next()
  if (!first) throw badLine(name, 1, 'nothing is recorded')
  const header = headerOf(name, first)
  const { poll = 0, scrape = 0 } = header
  return {
    batch: Math.max(poll, scrape) * second || null,
    baseline: baselineOf(header.baseline),
    isOfRun: header.run !== undefined,
    endsStage: header.end === 'stage',
    polls: pollsOf(name, lines, { header, unit, begun }),
  }
}

function baselineOf(baseline: RecordedBaseline | undefined): Baseline | null {
  if (!baseline) return null
  const { seconds, phi = null, slowPhi = {}, scrape } = baseline
  return {
    over: seconds * second,
    counts: countsOf(baseline),
    overdispersion: phi,
    slowOverdispersion: byBound(slowPhi),
    scrape: scrape === undefined ? null : scrape * second,
  }
}

async function* pollsOf(
  name: string,
  lines: AsyncIterable<{ readonly number: number; readonly text: string }>,
  { header, unit, begun }: { readonly header: RecordingHeader; readonly unit: string | null; readonly begun: Begun },
): AsyncGenerator<RecordedPoll> {
  let fresh: SideMemory = { ...startSide, isBegun: begun.fresh }
  let stable: SideMemory = { ...startSide, isBegun: begun.stable }
  let own: string | null = unit
  let last: Millis = Number.NEGATIVE_INFINITY
  let baseline: Baseline | null = null
  for await (const line of lines) {
    const before = baselineIn(name, line)
    if (before) {
      if (unit === null || before.unit === unit) baseline = baselineOf(before.baseline)
      continue
    }
    const sample = sampleOf(name, line)
    own ??= sample.unit ?? null
    if (sample.unit !== undefined && sample.unit !== own) {
      if (unit !== null) continue
      throw severalUnits(name, line.number, [own ?? '', sample.unit])
    }
    const at = sample.t * second
    if (at <= last)
      throw badLine(name, line.number, `t is ${sample.t} after ${last / second}: the clock went backwards`)
    last = at
    const sides = sidesOf(sample)
    const [a, b] = [sideRead(fresh, at, sides.fresh), sideRead(stable, at, sides.stable)]
    ;[fresh, stable] = [a.memory, b.memory]
    yield {
      at,
      weight: sample.weight ?? header.weight ?? null,
      stage: sample.stage ?? null,
      baseline,
      fresh: a.counted,
      stable: b.counted,
      anew: { fresh: a.isAnew, stable: b.isAnew },
      down: sample.down !== undefined,
      notes: [noted(line.number, 'canary', a.note), noted(line.number, 'stable', b.note)].flatMap((note) => note ?? []),
    }
    baseline = null
  }
}

/** Where one side gets everything nothing is compared: what is counted there came late, or bypassed the route. */
export const isDivided = ({ weight }: Pick<RecordedPoll, 'weight'>): boolean =>
  weight === null || (weight > 0 && weight < 1)

const severalUnits = (name: string, line: number, [one, other]: readonly [string, string]): DeployError =>
  new DeployError({
    code: 'bad-samples',
    what: `${name}:${line}: samples of ${other} beside those of ${one}`,
    why: 'each unit is compared with its own stable pods',
    remedy: `say which unit is meant: --unit ${one}`,
  })

/** What a source said while it was away is nothing. */
function sidesOf(sample: RecordedLine): Record<'fresh' | 'stable', NonNullable<RecordedLine['stable']> | null> {
  if (sample.down !== undefined) return { fresh: null, stable: null }
  return { fresh: sample.canary ?? sample.new ?? null, stable: sample.stable ?? null }
}

const noted = (line: number, side: string, note: string | null): string | null =>
  note && `line ${line}, ${side}: ${note}`
