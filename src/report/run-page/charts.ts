import type { Unit } from '../../core/plan.ts'
import type { Sample, Samples } from '../../core/sample.ts'
import { second, type Millis } from '../../core/time.ts'
import { type Counts, type Increment, total } from '../../judge/counters.ts'
import { replayed } from '../../judge/replay.ts'
import { quantile } from '../../judge/latency.ts'
import { latencyText, percentText, quantileName } from '../../judge/weigh.ts'
import { errorLimit, errorRate, latencyLimits, rulesOf } from '../figures.ts'

/** One line of a chart; `null` is no data, which is drawn as a gap. */
export interface Line {
  readonly name: string
  /** `seen`: what was measured of what is planned. */
  readonly side: 'new' | 'stable' | 'seen'
  /** How it is told from others of its side, without colour. */
  readonly look: 'main' | 'thin' | 'long'
  /** It holds until it changes. */
  readonly steps: boolean
  readonly values: readonly (number | null)[]
}

export interface Chart {
  readonly id: 'weight' | 'errors' | 'latency' | 'pods'
  readonly title: string
  readonly unit: '%' | 'ms' | ''
  readonly lines: readonly Line[]
  readonly limits: readonly { readonly name: string; readonly value: number }[]
  /** The upper end of its scale, which begins at 0. */
  readonly top: number
  /** Why there is nothing to be drawn. */
  readonly empty: string | null
}

/** The charts of one unit on one time axis, in seconds since 1970. */
export interface UnitCharts {
  readonly unit: string
  readonly times: readonly number[]
  readonly charts: readonly Chart[]
}

/** More points than that no screen has room for. */
const mostPoints = 600
/** What was counted last holds for so long; after that nothing is known. */
const holds: Millis = 30 * second

export function chartsOf(unit: Unit, samples: Samples): UnitCharts | null {
  const own = samples.samples.filter((sample) => sample.unit === unit.id)
  if (own.length < 2) return null
  const groups = grouped(own, Math.ceil(own.length / mostPoints))
  const times = groups.map(({ last }) => samples.header.began + last.t * second)
  const { increments } = replayed(samples, unit.id)
  const spans = spansOf(groups, times, increments)
  return {
    unit: unit.id,
    times: times.map((at) => at / second),
    charts: [
      weightChart(groups, spans),
      errorChart(unit, spans),
      latencyChart(unit, spans),
      podChart(groups.map(({ last }) => last)),
    ],
  }
}

interface Group {
  readonly last: Sample
  readonly down: boolean
}

function grouped(samples: readonly Sample[], size: number): Group[] {
  const groups: Group[] = []
  for (let index = 0; index < samples.length; index += size) {
    const some = samples.slice(index, index + size)
    const last = some.at(-1)
    if (last) groups.push({ last, down: some.every(({ down }) => down !== undefined) })
  }
  return groups
}

interface Span {
  readonly at: Millis
  readonly down: boolean
  readonly fresh: Counts
  readonly stable: Counts
}

function spansOf(groups: readonly Group[], times: readonly Millis[], increments: readonly Increment[]): Span[] {
  let next = 0
  return groups.map(({ down }, index) => {
    const at = times[index] ?? 0
    const some: Increment[] = []
    for (let one = increments[next]; one && one.at <= at; one = increments[next]) {
      some.push(one)
      next += 1
    }
    const of = (track: Increment['track']): Counts => total(some.filter((one) => one.track === track))
    return { at, down, fresh: of('new'), stable: of('stable') }
  })
}

/** A value that was not counted again is as it was, for a while. */
function held(spans: readonly Span[], valueOf: (span: Span) => number | null): (number | null)[] {
  let last: { readonly at: Millis; readonly value: number } | null = null
  return spans.map((span) => {
    const value = span.down ? null : valueOf(span)
    if (value !== null) last = { at: span.at, value }
    return last && !span.down && span.at - last.at <= holds ? last.value : null
  })
}

const line = (name: string, side: Line['side'], values: Line['values'], more: Partial<Line> = {}): Line => ({
  name,
  side,
  look: 'main',
  steps: false,
  values,
  ...more,
})

const isKnown = (value: number | null): value is number => value !== null

/** Room for the lines, and for limits, unless the lines would lie flat on the floor below them. */
function topOf(lines: readonly Line[], limits: Chart['limits'], least: number): number {
  const most = Math.max(least, ...lines.flatMap(({ values }) => values.filter(isKnown)))
  const near = limits.map(({ value }) => value).filter((value) => value <= 20 * most)
  return Math.max(most, ...near) * 1.1
}

function chart(from: Omit<Chart, 'top' | 'empty'> & { readonly least: number; readonly none: string }): Chart {
  const { least, none, ...rest } = from
  const empty = rest.lines.every(({ values }) => values.every((value) => value === null)) ? none : null
  return { ...rest, top: topOf(rest.lines, rest.limits, least), empty }
}

const percent = (share: number): number => Number((share * 100).toFixed(4))

function weightChart(groups: readonly Group[], spans: readonly Span[]): Chart {
  const share = ({ fresh, stable }: Span): number | null => {
    const all = fresh.requests + stable.requests
    return all === 0 ? null : percent(fresh.requests / all)
  }
  const seen = held(spans, share)
  return {
    id: 'weight',
    title: 'Share of requests for the new version',
    unit: '%',
    lines: [
      line(
        'weight',
        'new',
        groups.map(({ last }) => percent(last.weight)),
        { steps: true },
      ),
      ...(seen.some(isKnown) ? [line('share seen', 'seen', seen)] : []),
    ],
    limits: [],
    top: 105,
    empty: null,
  }
}

const unmeasured = 'Nothing counted requests in this run: pods were judged by their health alone.'
const none = ({ evidence }: Unit): string => (evidence?.source ? 'No requests were counted.' : unmeasured)

function errorChart(unit: Unit, spans: readonly Span[]): Chart {
  const rate = (counts: Counts): number | null => {
    const value = errorRate(counts)
    return value === null ? null : percent(value)
  }
  const limit = errorLimit(rulesOf(unit))
  return chart({
    id: 'errors',
    title: 'Failed requests',
    unit: '%',
    lines: [
      line(
        'new',
        'new',
        held(spans, ({ fresh }) => rate(fresh)),
      ),
      line(
        'stable',
        'stable',
        held(spans, ({ stable }) => rate(stable)),
      ),
    ],
    limits: limit ? [{ name: `limit ${percentText(limit.value)}`, value: percent(limit.value) }] : [],
    least: 0.1,
    none: none(unit),
  })
}

const quantiles = [0.5, 0.95, 0.99]
const looks: ReadonlyMap<number, Line['look']> = new Map([
  [0.5, 'thin'],
  [0.99, 'long'],
])

function latencyChart(unit: Unit, spans: readonly Span[]): Chart {
  const of = (counts: Counts, q: number): number | null => {
    const value = quantile(counts.buckets, q)
    return value === null ? null : Number(value.toFixed(1))
  }
  return chart({
    id: 'latency',
    title: 'Latency',
    unit: 'ms',
    lines: [
      ...quantiles.map((q) =>
        line(
          `new ${quantileName(q)}`,
          'new',
          held(spans, ({ fresh }) => of(fresh, q)),
          { look: looks.get(q) ?? 'main' },
        ),
      ),
      line(
        'stable p95',
        'stable',
        held(spans, ({ stable }) => of(stable, 0.95)),
      ),
    ],
    limits: [...latencyLimits(rulesOf(unit))].map(([q, { value }]) => ({
      name: `limit ${quantileName(q)} ${latencyText(value)}`,
      value,
    })),
    least: 1,
    none: unit.evidence?.source ? 'No latency was measured.' : unmeasured,
  })
}

const podChart = (samples: readonly Sample[]): Chart =>
  chart({
    id: 'pods',
    title: 'Ready pods',
    unit: '',
    lines: [
      line(
        'new',
        'new',
        samples.map((sample) => sample.new.ready),
        { steps: true },
      ),
      line(
        'stable',
        'stable',
        samples.map(({ stable }) => stable.ready),
        { steps: true },
      ),
    ],
    limits: [],
    least: 1,
    none: 'No pods were counted.',
  })
