import { minute, second, type Millis } from '../../../src/core/time.ts'
import { judged, startJudge, type Verdict } from '../../../src/judge/compared/judge.ts'
import { batchOf, streamsOf } from '../../../src/judge/compared/streams.ts'
import { type Terms, usualTerms } from '../../../src/judge/compared/terms.ts'
import { policies } from '../../../src/judge/policies/policies.ts'
import type { Decided, Seen } from '../../../src/judge/policies/windows.ts'
import { chance } from './chance.ts'
import { before, half, type Release, ticks } from './release.ts'

/** One run: until when was which verdict said. */
function released(release: Release, seed: number, wanted: Partial<Terms> = {}): Verdict | null {
  const luck = chance(seed)
  // One metric alone: what the others would add is not simulated, so they have no part of the evidence.
  const only = release.latency ? { errors: 1e-9, latency: 1, other: 0 } : { errors: 1, latency: 0, other: 0 }
  const latency = { ...usualTerms.latency, warmUp: 0 }
  const terms: Terms = { ...usualTerms, latency, weights: only, ...wanted }
  const baseline = { over: 10 * minute, counts: before(release, luck), overdispersion: 1 }
  const { streams } = streamsOf(terms, { baseline, latency: release.latency !== undefined })
  let state = startJudge(terms, streams, { at: 0, soak: half, last: true })
  for (const { at, fresh, stable } of ticks(release, luck, half)) {
    const batches = Object.fromEntries(streams.map((stream) => [stream.name, batchOf(stream, fresh, stable)]))
    state = judged(state, { at, batches })
    if (state.verdict) break
  }
  return state.verdict
}

export interface Found {
  readonly runs: number
  readonly back: number
  /** Of those that went back; `null`: none. */
  readonly median: Millis | null
  readonly quartiles: readonly [Millis, Millis] | null
}

export function foundIn(runs: number, seed: number, at: (seed: number) => Millis | null): Found {
  const times: Millis[] = []
  for (let run = 0; run < runs; run += 1) {
    const time = at(seed + run)
    if (time !== null) times.push(time)
  }
  times.sort((a, b) => a - b)
  const quantile = (q: number): Millis | null => times[Math.floor(q * (times.length - 1))] ?? null
  const [low, median, high] = [quantile(0.25), quantile(0.5), quantile(0.75)]
  return { runs, back: times.length, median, quartiles: low === null || high === null ? null : [low, high] }
}

export const ours =
  (release: Release, wanted: Partial<Terms> = {}) =>
  (seed: number): Millis | null => {
    const verdict = released(release, seed, wanted)
    return verdict?.answer === 'rollback' ? verdict.at : null
  }

export const theirs =
  (name: keyof typeof policies, release: Release, until: Millis) =>
  (seed: number): Millis | null => {
    const polls: readonly Seen[] = [...ticks(release, chance(seed), until)]
    const { answer, at }: Decided = policies[name](polls, until)
    return answer === 'rollback' ? at : null
  }

/** `100 % in 105 s (85–135)`; the error of the share is that of 95 % of repetitions. */
export function shown({ runs, back, median, quartiles }: Found): string {
  const share = back / runs
  const error = 1.96 * Math.sqrt(Math.max(share * (1 - share), 1 / runs) / runs)
  const found = `${(100 * share).toFixed(1)} ± ${(100 * error).toFixed(1)} %`
  if (median === null || !quartiles) return found
  return `${found} in ${median / second} s (${quartiles[0] / second}–${quartiles[1] / second})`
}
