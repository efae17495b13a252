import type { Labels } from '../../core/matchers.ts'
import type { Series } from '../../core/metrics.ts'
import { brief } from './answer.ts'
import { type Bucket, differentBuckets } from './buckets.ts'
import type { Family } from './families.ts'

/** A series that a family matches, as it was read. */
export interface Read {
  readonly labels: Labels
  readonly samples: Series['samples']
  /** Of a page. */
  readonly line?: number
}

/** The counters of a pod; or why there are none, for one that is left out may be the one that counts what failed. */
export function countersOf(
  { selector, counted: countedBy }: Family,
  read: readonly Read[],
  { pod, idOf }: { readonly pod: string; readonly idOf: (name: string, labels: Labels) => string },
): readonly Series[] | { readonly why: string } {
  const all: Series[] = []
  const buckets: Bucket[] = []
  const said = new Set<string>()
  for (const { labels, samples, line } of read) {
    const [, value] = samples.at(-1) ?? []
    // A native histogram has no values.
    if (value === undefined) continue
    const where = line === undefined ? '' : `line ${line}: `
    if (!isCount(value)) return { why: `${where}${selector.name} is ${value}, a counter is a number of 0 or more` }
    const counted = countedBy(labels)
    if (counted === null) return { why: `${where}${selector.name} has ${boundIn(labels)}, which is no number` }
    const id = idOf(selector.name, labels)
    // The same bound may be written in several ways.
    const same = typeof counted === 'object' ? idOf(selector.name, { ...labels, le: `${counted.le}` }) : id
    if (said.has(same)) return { why: twice(brief(id, 100), line) }
    said.add(same)
    if (typeof counted === 'object') buckets.push({ id, labels, le: counted.le })
    // Earlier ones may be left out: the next value of a counter holds all that was counted meanwhile.
    all.push({ pod, id, counted, samples: samples.filter(([, one]) => isCount(one)) })
  }
  const why = differentBuckets(selector, buckets)
  return why === null ? all : { why }
}

/** Which of the two counts on from the reading before, nobody can tell. */
const twice = (id: string, line: number | undefined): string =>
  line === undefined
    ? `Prometheus has ${id} twice: let one job scrape it, or narrow requests, errors and latency of metrics with labels`
    : `line ${line}: says ${id} twice: let only one registry say it`

const isCount = (value: number): boolean => Number.isFinite(value) && value >= 0

const boundIn = ({ le = '' }: Labels): string => brief(`le=${JSON.stringify(le)}`, 40)
