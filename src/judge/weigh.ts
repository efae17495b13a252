import type { Figure, Rule } from '../core/evidence.ts'
import type { Track } from '../core/plan.ts'
import { minute, span, type Millis } from '../core/time.ts'
import { atLeast } from './binomial.ts'
import type { Counts } from './counters.ts'
import { countedSince, type History } from './history.ts'
import { countedIn, quantile, slowerThan } from './latency.ts'

/** A rule held against what was counted. */
export interface Weighed {
  /** `crossed`: its comparison holds. `clear`: it doesn't, and enough was seen to say so. Nothing seen is neither. */
  readonly answer: 'crossed' | 'clear' | 'too-few' | 'no-data'
  /** The figure itself, in the rule's unit; `null`: there is none. */
  readonly figure: number | null
  /** How many requests it rests on, and how many it wants. */
  readonly seen: number
  readonly wanted: number
  readonly because: string
}

/** One request in so many may be bad by chance before a window that is not yet full counts as crossed. */
const beyondDoubt = 1e-6
/** Fewer requests than this say nothing, however bad. */
const fewest = 10

/** The time from which a rule may count, and the time now. */
export interface Span {
  readonly since: Millis
  readonly now: Millis
}

/** `every`: how far apart polls are, where that may be more than half a minute. */
export type Watched = Span & { readonly every?: Millis | undefined }

/**
 * A window that is full is held against the bound as it stands, once it has `3 / bound` requests: with none bad among so
 * many, the true share is below the bound with 95 % confidence. A window that is not full yet counts as crossed only when
 * chance is out of the question (one-sided exact binomial test, 1e-6): all requests failing goes back in seconds, a few
 * unlucky ones wait.
 */
export function weigh(rule: Rule, history: History, track: Track, { since, now, every }: Watched): Weighed {
  if (rule.figure.kind === 'query') return weighQuery(rule, rule.figure.name, history, { since, now, every })
  const windows = rule.figure.kind === 'burn-rate' ? [rule.over, rule.over / 5] : [rule.over]
  const [long, short] = windows.map((over) => {
    const from = Math.max(since, now - over)
    return weighCounts(rule, countedSince(history, track, from, now), { full: since <= now - over, since: from, now })
  })
  // A burn rate is crossed only while its short window is crossed, too: else it would fire long after the cause is gone.
  return short && long?.answer === 'crossed' && short.answer !== 'crossed'
    ? { ...long, answer: 'clear' }
    : (long as Weighed)
}

interface Shares {
  readonly bad: number
  readonly of: number
  /** The share of bad ones that the rule allows. */
  readonly bound: number
}

/** The share of bad requests (failed ones; for a latency, those slower than its value) that a rule allows, from 0 to 1. */
export function boundOf({ figure, value }: Rule): number {
  switch (figure.kind) {
    case 'availability':
      return 1 - value
    case 'burn-rate':
      return Math.min(1, value * (1 - figure.objective))
    case 'latency':
      return 1 - figure.quantile
    default:
      return value
  }
}

function sharesOf(rule: Rule, { requests, bad, buckets }: Counts): Shares {
  const bound = boundOf(rule)
  return rule.figure.kind === 'latency'
    ? { bad: slowerThan(buckets, rule.value), of: countedIn(buckets), bound }
    : { bad, of: requests, bound }
}

function weighCounts(rule: Rule, counts: Counts, window: Span & { readonly full: boolean }): Weighed {
  const { bad, of, bound } = sharesOf(rule, counts)
  const wanted = Math.max(fewest, Math.ceil(3 / bound))
  const figure = figureOf(rule.figure, counts)
  const told = `${figureText(rule.figure, figure)} of ${Math.round(of)} requests ${window.full ? `in ${span(window.now - window.since)}` : 'so far'}`
  const answer = (): Weighed['answer'] => {
    if (of === 0) return 'no-data'
    // Both sides are rounded the same way: 1 - 0.99 is not quite 0.01.
    const share = bad / of
    const over = rule.op.length === 2 ? share >= bound - 1e-12 : share > bound + 1e-12
    if (over && of >= fewest && atLeast(Math.floor(bad), of, bound) <= beyondDoubt) return 'crossed'
    if (of < wanted) return 'too-few'
    if (over) return window.full ? 'crossed' : 'too-few'
    return 'clear'
  }
  return { answer: answer(), figure, seen: of, wanted, because: of === 0 ? 'no requests were counted' : told }
}

function figureOf(figure: Figure, counts: Counts): number | null {
  if (figure.kind === 'latency') return quantile(counts.buckets, figure.quantile)
  if (counts.requests === 0) return null
  const rate = counts.bad / counts.requests
  if (figure.kind === 'availability') return 1 - rate
  return figure.kind === 'burn-rate' ? rate / (1 - figure.objective) : rate
}

/** The figure with its unit: `errors 8.2 %`, `p95 212 ms`. */
export function figureText(figure: Figure, value: number | null): string {
  const known = value ?? Number.NaN
  switch (figure.kind) {
    case 'error-rate':
      return `errors ${percentText(known)}`
    case 'availability':
      return `availability ${percentText(known)}`
    case 'burn-rate':
      return `burn rate ${known.toFixed(1)}`
    case 'latency':
      return `${quantileName(figure.quantile)} ${Number.isNaN(known) ? '?' : latencyText(known)}`
    case 'restarts':
      return `${known} restarts`
    case 'query':
      return `${figure.name} ${Number.isNaN(known) ? '?' : Number(known.toPrecision(4))}`
  }
}

export const quantileName = (q: number): string => `p${String(q).replace('0.', '').padEnd(2, '0')}`
export const latencyText = (ms: Millis): string => (ms < 10_000 ? `${Math.round(ms)} ms` : span(ms))
/** A smaller share is one of more requests than anybody counts. */
const mostDigits = 10
/** Two digits of what is missing to nothing or to all: 99.999 % is not yet 100 %. */
export const percentText = (share: number): string => {
  const percent = share * 100
  const missing = Math.min(Math.abs(percent), Math.abs(100 - percent))
  const digits = missing < 1 ? Math.min(mostDigits, Math.ceil(-Math.log10(missing)) + 1) : 1
  return `${percent.toFixed(digits).replace(/\.?0+$/, '')} %`
}

/**
 * Crossed when every value of the window holds, the window is full, and none is missing longer than a minute (or two
 * polls, where these are further apart); or, with a limit of failures, once more of its values hold.
 */
function weighQuery(
  { op, value, over, failureLimit }: Rule,
  name: string,
  { values }: History,
  { since, now, every = 0 }: Watched,
): Weighed {
  const from = Math.max(since, now - over)
  const all = (values.get(name) ?? []).filter(([at]) => at > from)
  const known = all.filter((one): one is readonly [Millis, number] => one[1] !== null)
  const last = known.at(-1)
  const figure = last?.[1] ?? null
  const patience = Math.max(minute, 2 * every)
  const holds = ([, one]: readonly [Millis, number]): boolean =>
    op === '>' ? one > value : op === '>=' ? one >= value : op === '<' ? one < value : one <= value
  const answer = (): Weighed['answer'] => {
    if (!last || last[0] < now - patience) return 'no-data'
    if (failureLimit !== undefined) return known.filter(holds).length > failureLimit ? 'crossed' : 'clear'
    if (!known.every(holds)) return 'clear'
    const isWhole = known.every(([at], index) => at - (known[index - 1]?.[0] ?? from) <= patience)
    return isWhole && since <= now - over ? 'crossed' : 'too-few'
  }
  const because =
    figure === null ? `${name} gives no data` : `${figureText({ kind: 'query', name }, figure)} for ${span(now - from)}`
  return { answer: answer(), figure, seen: known.length, wanted: 1, because }
}
