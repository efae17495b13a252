import type { Series } from '../core/metrics.ts'
import { second } from '../core/time.ts'

/**
 * Requests in a second, and how many were counted, by what each series counted between its first sample and its last: pods
 * are read at moments of their own. `null`: no series has two samples.
 */
export function requestRate(series: readonly Series[]): { readonly rps: number; readonly requests: number } | null {
  const samples = new Map<string, (readonly [at: number, value: number])[]>()
  for (const { pod, track = '', id, counted, samples: more } of series) {
    if (counted !== 'requests' && counted !== 'both') continue
    const key = `${pod}/${track}/${id}`
    samples.set(key, [...(samples.get(key) ?? []), ...more])
  }
  let [rps, requests, known] = [0, 0, false]
  for (const all of samples.values()) {
    const rising = all.toSorted(([a], [b]) => a - b)
    const took = (rising.at(-1)?.[0] ?? 0) - (rising[0]?.[0] ?? 0)
    if (took <= 0) continue
    const grown = rising.slice(1).reduce((sum, [, value], index) => sum + increase(rising[index]?.[1] ?? 0, value), 0)
    known = true
    requests += grown
    rps += grown / (took / second)
  }
  return known ? { rps, requests } : null
}

/** A value that falls is a process that started again. */
const increase = (before: number, value: number): number => (value < before ? value : value - before)
