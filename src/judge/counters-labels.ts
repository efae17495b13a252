import type { Reading, Series } from '../core/metrics.ts'
import type { Millis } from '../core/time.ts'
import { type CounterMemory, keyOf } from './counters-memory.ts'

/** Where a reading begins, it may have cut off the sample before the first one of a series. */
const atLeast = 2

/**
 * The series that occur for the first time inside a reading of many samples: labels that their pod had not counted under
 * before. All that a pod tells at once bears the same time, so a series that is late among others of its time was not
 * there at the scrapes before; one that is scraped by itself, as a sidecar's are, is not known to be new.
 */
export function lateIn({ read }: CounterMemory, { series }: Pick<Reading, 'series'>): ReadonlySet<string> {
  const unknown = series.filter(({ pod, track }) => track === undefined && !read.has(pod))
  const first = new Map<string, Millis>()
  for (const one of unknown)
    first.set(one.pod, Math.min(beginningOf(one), first.get(one.pod) ?? Number.POSITIVE_INFINITY))
  // Mostly there are none, and then a day of samples is not looked through.
  const later = unknown.filter((one) => one.samples.length > 0 && beginningOf(one) > (first.get(one.pod) ?? 0))
  const scrapes = scrapesOf(unknown, new Set(later.map(({ pod }) => pod)))
  return new Set(later.filter((one) => (scrapes.get(one.pod)?.get(beginningOf(one)) ?? 0) >= atLeast).map(keyOf))
}

const beginningOf = ({ samples: [first] }: Series): Millis => first?.[0] ?? Number.POSITIVE_INFINITY

/** For each time at which something of these pods was scraped, how many samples of the same were there before. */
function scrapesOf(
  series: readonly Series[],
  pods: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlyMap<Millis, number>> {
  const scrapes = new Map([...pods].map((pod) => [pod, new Map<Millis, number>()]))
  for (const { pod, samples } of series) {
    const own = scrapes.get(pod)
    if (own) for (const [before, [at]] of samples.entries()) own.set(at, Math.max(before, own.get(at) ?? 0))
  }
  return scrapes
}
