import { readerOf } from '../../src/adapters/metrics/exposition.ts'
import { hour, minute, second, type Millis } from '../../src/core/time.ts'
import { heard, type History } from '../../src/judge/history.ts'
import { weigh } from '../../src/judge/weigh.ts'
import { pods, reading, rule, series } from '../judge/builders.ts'
import { historyOf, increment } from '../support/measured.ts'
import type { Row } from './measure.ts'

const units = 100
const podsOfUnit = 10
const every: Millis = 10 * second
const rules = [
  rule({ kind: 'error-rate' }, '>', 0.01, 5 * minute),
  rule({ kind: 'latency', quantile: 0.95 }, '>', 500, 5 * minute),
  rule({ kind: 'burn-rate', objective: 0.999 }, '>', 14.4, hour),
]

/**
 * What it costs to hold the rules of 100 units against what they counted in an hour, against reading the pages of their
 * pods: for 10 s, in which each unit is polled once, and after each poll all units are looked at.
 */
export function weighing(): readonly Row[] {
  const parsing = parsed()
  return cases.map(({ what, apart, target }) => {
    const judging = judged(apart)
    return [
      `rules of ${units} units, ${what}`,
      `${Math.round(judging)} ms`,
      `${Math.round(parsing)} ms to parse their pages`,
      `${(judging / parsing).toFixed(2)}x`,
      target,
    ]
  })
}

const cases = [
  { what: 'polled each 10 s', apart: every, target: '≤ 4x' },
  // As a Prometheus has them that scrapes each pod at a moment of its own.
  { what: 'an increment each second', apart: second, target: '≤ 40x' },
]

/** Milliseconds for the looks of one round of polls; the second round of two counts. */
function judged(apart: Millis): Millis {
  const counted = increments(apart)
  const histories = Array.from({ length: units }, () => historyOf([...counted]))
  const round = (now: Millis): Millis => {
    const began = performance.now()
    for (const [index, history] of histories.entries()) {
      const at = now + (index * every) / units
      histories[index] = polled(history, at)
      for (const one of histories) for (const held of rules) weigh(held, one, 'new', { since: 0, now: at })
    }
    return performance.now() - began
  }
  round(hour)
  return round(hour + every)
}

function increments(apart: Millis): History['increments'] {
  const pace = { requests: 100, bad: 0, within: 100 }
  return Array.from({ length: hour / apart }, (_, index) => index * apart).flatMap((at) => [
    increment(at, 'new', pace),
    increment(at, 'stable', pace),
  ])
}

const polled = (history: History, at: Millis): History =>
  heard(history, reading(series('n', 'requests', [at / second, at])), pods({ n: 'new' }), at)

/** Milliseconds to read one page of each pod of each unit. */
function parsed(): Millis {
  const bounds = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, '+Inf']
  const wanted = [
    ...['200', '404', '500'].map((code) => `http_requests_total{method="GET",code="${code}"} 1027`),
    ...bounds.map((le) => `http_request_duration_seconds_bucket{le="${le}"} 144320`),
  ]
  const others = Array.from({ length: 200 }, (_, index) => `process_figure_${index}{kind="other"} ${index}`)
  const page = Buffer.from(`${[...wanted, ...others].join('\n')}\n`)
  const names = new Set(['http_requests_total', 'http_request_duration_seconds_bucket'])
  const round = (): Millis => {
    const began = performance.now()
    for (let index = 0; index < units * podsOfUnit; index += 1) {
      const reader = readerOf(names)
      reader.feed(page)
      reader.end()
    }
    return performance.now() - began
  }
  round()
  return round()
}
