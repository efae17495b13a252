import { appendFile, readFile, truncate } from 'node:fs/promises'
import * as z from 'zod'
import { jsonIn } from '../../core/json.ts'
import type { BaselineSample, Sample, SampleHeader, Samples } from '../../core/sample.ts'
import { replaceFile, systemCode, writeNew } from './disk.ts'
import { linesOf } from './lines.ts'

export interface SampleWriter extends AsyncDisposable {
  /** Never throws and never waits: a run does not fail because nobody can draw a chart of it. */
  write(sample: Sample | BaselineSample): void
}

/** A file of so many lines is thinned out to about half. */
const mostLines = 20_000

/** Appends samples to a file of the operator's own (0600). The first failure is the end of it. */
export function sampleWriter(path: string, header: SampleHeader, most = mostLines): SampleWriter {
  let waiting: (Sample | BaselineSample)[] = []
  let lines = 0
  let broken = false
  let working: Promise<void> | null = attempt(begin())

  async function attempt(work: Promise<void>): Promise<void> {
    await work.catch(() => {
      broken = true
    })
    working = null
    if (waiting.length > 0 && !broken) working = attempt(append())
  }

  async function begin(): Promise<void> {
    const bytes = await readFile(path).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return null
      throw error
    })
    if (bytes === null) return writeNew(path, lineOf(header))
    // Another driver was here: what a crash cut off goes, the rest stays.
    const { lines: whole, whole: length } = linesOf(bytes)
    if (length < bytes.length) await truncate(path, length)
    lines = whole.length
    if (lines === 0) await appendFile(path, lineOf(header))
  }

  async function append(): Promise<void> {
    const some = waiting
    waiting = []
    await appendFile(path, some.map(lineOf).join(''))
    lines += some.length
    if (lines > most) lines = await thinned(path)
  }

  return {
    write(sample) {
      if (broken) return
      waiting.push(sample)
      working ??= attempt(append())
    },
    async [Symbol.asyncDispose]() {
      for (let now = working; now !== null; now = working) await now
    },
  }
}

const lineOf = (value: Sample | BaselineSample | SampleHeader): string => `${JSON.stringify(value)}\n`

/** No sample: what is counted is compared with it, so it is never left out. */
const isBaseline = (line: string): boolean => line.startsWith('{"baseline":')

/** Leaves out every second sample of each unit, never its last: counters are cumulative, so only detail is lost. */
async function thinned(path: string): Promise<number> {
  const [header = '', ...all] = linesOf(await readFile(path)).lines
  const counts = new Map<string, number>()
  const kept = all
    .toReversed()
    .filter((line) => {
      if (isBaseline(line)) return true
      const unit = /"unit":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? ''
      const count = counts.get(unit) ?? 0
      counts.set(unit, count + 1)
      return count % 2 === 0
    })
    .toReversed()
  await replaceFile(path, `${[header, ...kept].join('\n')}\n`)
  return kept.length + 1
}

const count = z.number().nonnegative()
const Side = z.object({
  pods: count,
  ready: count,
  requests: count.optional(),
  bad: count.optional(),
  buckets: z.record(z.string(), count).optional(),
})
const Line = z.object({
  t: z.number(),
  unit: z.string(),
  stage: z.string().nullable(),
  weight: z.number().min(0).max(1),
  new: Side,
  stable: Side,
  down: z.string().optional(),
})
const Header = z.object({ v: z.literal(1), run: z.string(), plan: z.string(), began: z.number() })

/** What was sampled of a run; `null` where nothing was. A line that can't be read is counted, not guessed. */
export async function readSamples(path: string): Promise<Samples | null> {
  const bytes = await readFile(path).catch(() => null)
  if (bytes === null) return null
  const { lines, whole } = linesOf(bytes)
  const [first = '', ...others] = lines
  const rest = others.filter((line) => !isBaseline(line))
  const header = Header.safeParse(jsonIn(first)).data
  if (!header) return null
  const samples = rest.map((line) => Line.safeParse(jsonIn(line)).data).filter((line) => line !== undefined)
  return { header, samples, unread: rest.length - samples.length + (whole < bytes.length ? 1 : 0) }
}
