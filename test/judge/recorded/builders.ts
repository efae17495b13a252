import { second, type Millis } from '../../../src/core/time.ts'
import { paced, type Pace, good, usualTails } from '../compared/builders.ts'

export { good }

const boundText = (le: Millis): string => (Number.isFinite(le) ? String(le / second) : '+Inf')

/** A recording as it would be written, with a baseline of ten quiet minutes. */
export function recorded(
  pace: Pace,
  until: Millis,
  header: Readonly<Record<string, unknown>> = {},
): readonly unknown[] {
  const cumulative = { fresh: empty(), stable: empty() }
  const lines = paced({ slow: { fresh: usualTails, stable: usualTails }, ...pace }, 0, until).map((poll) => {
    for (const side of ['fresh', 'stable'] as const) {
      const sum = cumulative[side]
      sum.requests += poll[side].requests
      sum.bad += poll[side].bad
      for (const [le, n] of poll[side].buckets) sum.buckets[boundText(le)] = (sum.buckets[boundText(le)] ?? 0) + n
    }
    return {
      t: poll.at / second,
      canary: structuredClone(cumulative.fresh),
      stable: structuredClone(cumulative.stable),
    }
  })
  const baseline = {
    seconds: 600,
    requests: 60_000,
    bad: 60,
    phi: 1,
    slowPhi: { '0.1': 1, '0.25': 1, '0.5': 1 },
    buckets: { '0.1': 42_000, '0.25': 56_400, '0.5': 59_280, '+Inf': 60_000 },
  }
  return [{ v: 1, weight: pace.weight, poll: 5, scrape: 5, baseline, ...header }, ...lines]
}

const empty = () => ({ requests: 0, bad: 0, buckets: {} as Record<string, number> })

export const text = (lines: readonly unknown[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('')
