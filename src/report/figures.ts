import type { Figure, Rule } from '../core/evidence.ts'
import type { Stage, Unit } from '../core/plan.ts'
import { type RunState, unitState } from '../core/state.ts'
import type { Millis } from '../core/time.ts'
import { type Counts, none, total } from '../judge/counters.ts'
import { countedSince, type History } from '../judge/history.ts'
import { quantile } from '../judge/latency.ts'
import { boundOf, latencyText, percentText, quantileName } from '../judge/weigh.ts'

/** One figure of the new pods beside the same of the stable ones, in a span of time. */
export interface FigureRow {
  /** `errors`, `p95`, or the name of a query. */
  readonly name: string
  /** How its values are to be read: a share from 0 to 1, milliseconds, or just a number. */
  readonly unit: 'share' | 'ms' | 'number'
  readonly fresh: number | null
  readonly stable: number | null
  /** Where the nearest trigger or objective is crossed. */
  readonly limit: Limit | null
  /** Of the new pods, one value for each poll, oldest first; `null`: nothing was counted. */
  readonly recent: readonly (number | null)[]
}

export interface Limit {
  readonly value: number
  readonly side: 'above' | 'below'
}

/** What was measured in a stage. */
export interface StageFigures {
  readonly rows: readonly FigureRow[]
  /** Part of all requests that the new pods got, from 0 to 1; `null`: there were none, or nothing is to be shared. */
  readonly share: number | null
  /** Requests of the new pods. */
  readonly requests: number
  /** Why nothing can be measured now, and since when. */
  readonly down: History['down']
}

export interface FigureInput {
  readonly unit: Unit
  readonly stage: Stage
  readonly run: RunState
  readonly history: History
  readonly now: Millis
}

const mostRecent = 20

/** The figures of a stage: of one that is over, of all its soak; of the one at work, of the windows of its rules. */
export function stageFigures(input: FigureInput): StageFigures | null {
  const { unit, stage, run, history, now } = input
  const { evidence } = unit
  if (!evidence?.source) return null
  const from = beganAt(input)
  if (from === null) return null
  const verdict = unitState(run, unit.id).stages.get(stage.id)
  const to = verdict?.answer === 'pass' ? verdict.at : now
  const rules = [...evidence.triggers, ...objectivesOf(stage)]
  const fresh = countedSince(history, 'new', from, to)
  const stable = countedSince(history, 'stable', from, to)
  const all = fresh.requests + stable.requests
  const slices = slicesOf(history, { from, to, every: evidence.source.every })
  return {
    rows: [
      errorRow(rules, { fresh, stable, slices }),
      ...latencyRows(rules, { fresh, stable, slices }),
      ...queryRows(rules, history, { from, to }),
    ],
    share: all === 0 || stage.weight === undefined || stage.weight >= 100 ? null : fresh.requests / all,
    requests: fresh.requests,
    down: verdict?.answer === 'pass' ? null : history.down,
  }
}

const objectivesOf = ({ gates }: Stage): Rule[] =>
  gates.flatMap((gate) => (gate.kind === 'objective' ? [gate.rule] : []))

/** All that a unit's figures are held against, at whichever stage. */
export const rulesOf = ({ evidence, stages }: Unit): Rule[] => [
  ...(evidence?.triggers ?? []),
  ...stages.flatMap(objectivesOf),
]

/** When all steps of a stage had settled; `null` before. */
function beganAt({ unit, stage, run }: FigureInput): Millis | null {
  const { steps, stages } = unitState(run, unit.id)
  const settled = stage.steps.map(({ id }) => steps.get(id))
  if (settled.some((step) => step?.phase !== 'settled')) return null
  const before = unit.stages[unit.stages.indexOf(stage) - 1]
  const passed = before ? stages.get(before.id) : undefined
  if (before && passed?.answer !== 'pass') return null
  return Math.max(passed?.at ?? run.opened, ...settled.map((step) => step?.at ?? 0))
}

/** What each poll counted of the new pods; polls that follow closely on one another are taken together. */
function slicesOf({ increments }: History, { from, to, every }: { from: Millis; to: Millis; every: Millis }): Counts[] {
  const slices: { readonly at: Millis; readonly all: Counts[] }[] = []
  for (const one of increments) {
    if (one.track !== 'new' || one.at <= from || one.at > to) continue
    const last = slices.at(-1)
    if (last && one.at - last.at < 0.75 * every) last.all.push(one)
    else slices.push({ at: one.at, all: [one] })
  }
  const ends = [...slices.slice(1).map(({ at }) => at), to]
  // A source may be asked more often than it has something new to say.
  const usual = Math.max(every, middle(slices.slice(1).map(({ at }, index) => at - (slices[index]?.at ?? at))))
  return slices
    .flatMap(({ at, all }, index) => {
      const silent = (ends[index] ?? at) - at
      const missed = silent > 2.5 * usual ? Math.min(mostRecent, Math.round(silent / usual) - 1) : 0
      return [total(all), ...Array.from({ length: missed }, () => none)]
    })
    .slice(-mostRecent)
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

interface Sides {
  readonly fresh: Counts
  readonly stable: Counts
  readonly slices: readonly Counts[]
}

const isAboutErrors = ({ figure: { kind } }: Rule): boolean =>
  kind === 'error-rate' || kind === 'availability' || kind === 'burn-rate'

/** Error rates, availability and burn rates are one figure; the nearest bound of them is its limit. */
function errorRow(rules: readonly Rule[], { fresh, stable, slices }: Sides): FigureRow {
  return {
    name: 'errors',
    unit: 'share',
    fresh: errorRate(fresh),
    stable: errorRate(stable),
    limit: errorLimit(rules),
    recent: slices.map(errorRate),
  }
}

export const errorLimit = (rules: readonly Rule[]): Limit | null => lowest(rules.filter(isAboutErrors).map(boundOf))

export const errorRate = ({ requests, bad }: Pick<Counts, 'requests' | 'bad'>): number | null =>
  requests === 0 ? null : bad / requests

const usualQuantile = 0.95

function latencyRows(rules: readonly Rule[], { fresh, stable, slices }: Sides): FigureRow[] {
  const limits = latencyLimits(rules)
  const measured = total([fresh, stable]).buckets.size > 0
  const wanted = limits.size > 0 ? [...limits.keys()] : measured ? [usualQuantile] : []
  return wanted.map((q) => ({
    name: quantileName(q),
    unit: 'ms',
    fresh: quantile(fresh.buckets, q),
    stable: quantile(stable.buckets, q),
    limit: limits.get(q) ?? null,
    recent: slices.map(({ buckets }) => quantile(buckets, q)),
  }))
}

/** By quantile, the lowest first. */
export function latencyLimits(rules: readonly Rule[]): ReadonlyMap<number, Limit> {
  const bounds = rules.flatMap(({ figure, value }) => (isLatency(figure) ? [{ q: figure.quantile, value }] : []))
  const limits = new Map<number, Limit>()
  for (const { q, value } of bounds.sort((a, b) => a.q - b.q || b.value - a.value))
    limits.set(q, { value, side: 'above' })
  return limits
}

const isLatency = (figure: Figure): figure is Extract<Figure, { readonly kind: 'latency' }> => figure.kind === 'latency'

function queryRows(
  rules: readonly Rule[],
  { values }: History,
  { from, to }: { from: Millis; to: Millis },
): FigureRow[] {
  return rules.flatMap(({ figure, op, value }): FigureRow[] => {
    if (figure.kind !== 'query') return []
    const seen = (values.get(figure.name) ?? []).filter(([at]) => at > from && at <= to).map(([, one]) => one)
    return [
      {
        name: figure.name,
        unit: 'number',
        fresh: seen.at(-1) ?? null,
        stable: null,
        limit: { value, side: op.startsWith('>') ? 'above' : 'below' },
        recent: seen.slice(-mostRecent),
      },
    ]
  })
}

const lowest = (bounds: readonly number[]): Limit | null =>
  bounds.length === 0 ? null : { value: Math.min(...bounds), side: 'above' }

export const valueText = ({ unit }: Pick<FigureRow, 'unit'>, value: number | null): string => {
  if (value === null) return '–'
  if (unit === 'share') return percentText(value)
  return unit === 'ms' ? latencyText(value) : String(Number(value.toPrecision(4)))
}

export const isBeyond = ({ fresh, limit }: Pick<FigureRow, 'fresh' | 'limit'>): boolean =>
  fresh !== null && limit !== null && (limit.side === 'above' ? fresh > limit.value : fresh < limit.value)

/** `over limit 1 %` where it is beyond; empty without one. */
export function limitText(row: Pick<FigureRow, 'unit' | 'fresh' | 'limit'>): string {
  if (!row.limit) return ''
  const text = `limit ${valueText(row, row.limit.value)}`
  if (!isBeyond(row)) return text
  return row.limit.side === 'above' ? `over ${text}` : `under ${text}`
}

/** `errors 0.08 % against 0.09 %`, `p95 212 against 208 ms`, `share seen 5.1 %`; none without a request. */
export function summary({ rows, share, requests }: StageFigures): string[] {
  if (requests === 0) return []
  const texts = rows.filter(({ fresh }) => fresh !== null).map((row) => `${row.name} ${comparison(row)}`)
  return [...texts, ...(share === null ? [] : [`share seen ${percentText(share)}`])]
}

function comparison(row: FigureRow): string {
  const [fresh, stable] = [valueText(row, row.fresh), valueText(row, row.stable)]
  if (row.stable === null) return fresh
  // `212 against 208 ms`: a unit is said once where it is the same.
  return row.unit === 'ms' && fresh.endsWith(' ms') && stable.endsWith(' ms')
    ? `${fresh.slice(0, -3)} against ${stable}`
    : `${fresh} against ${stable}`
}
