import { second } from '../../../src/core/time.ts'
import type { Reading, Series } from '../../../src/core/metrics.ts'
import { type CountedPod, count, nothingCounted, total } from '../../../src/judge/counters.ts'
import { judged, startJudge } from '../../../src/judge/compared/judge.ts'
import { batchOf, type OtherMetric, streamsOf } from '../../../src/judge/compared/streams.ts'
import { usualTerms } from '../../../src/judge/compared/terms.ts'

const pods = 100
const bounds = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, Number.POSITIVE_INFINITY]
const tolerance = { ratio: 1.25, margin: 0.0001 }
const others = ['checkout', 'login', 'search'].map(
  (name): OtherMetric => ({ name, tolerance, advance: { ratio: 1.5, margin: 0.005 }, seed: { requests: 0, bad: 0 } }),
)

/** What 100 pods say of requests, failures and twelve buckets, at a time. */
function scraped(at: number): Reading {
  const series = Array.from({ length: pods }, (_, pod): Series[] => {
    const one = (id: string, counted: Series['counted'], value: number): Series => ({
      pod: `web-${pod}`,
      id,
      counted,
      samples: [[at * 5 * second, value]],
    })
    return [
      one('http_requests_total{code="200"}', 'requests', at * 50),
      one('http_requests_total{code="500"}', 'both', Math.floor(at / 4)),
      ...bounds.map((le, bucket) => one(`bucket{le="${le}"}`, { le }, Math.floor((at * 50 * (bucket + 1)) / 12))),
    ]
  }).flat()
  return { series, missing: [], values: new Map() }
}

/** CPU of a poll of five metrics of 100 pods (counting, and seven streams), and against parsing the same scrape as JSON. */
export function cost(polls = 200): { readonly milliseconds: number; readonly ratio: number } {
  const tracks = new Map(
    Array.from({ length: pods }, (_, pod): [string, CountedPod] => [
      `web-${pod}`,
      { track: pod < 10 ? 'new' : 'stable', fresh: true },
    ]),
  )
  const buckets = new Map(bounds.map((le, at): [number, number] => [le, 60_000 * (1 - 0.5 ** (at + 1))]))
  const baseline = { over: 600 * second, counts: { requests: 60_000, bad: 60, buckets }, overdispersion: 1 }
  const { streams } = streamsOf(usualTerms, { baseline, latency: true, others })
  const texts = Array.from({ length: polls }, (_, at) => JSON.stringify(scraped(at + 1).series))
  const readings = Array.from({ length: polls }, (_, at) => scraped(at + 1))
  let [state, memory] = [startJudge(usualTerms, streams, { at: 0, soak: 3600 * second, last: true }), nothingCounted]
  const poll = (reading: Reading, at: number): void => {
    const counted = count(memory, reading, tracks)
    memory = counted.memory
    const side = (track: string) => total(counted.increments.filter((one) => one.track === track))
    const [fresh, stable] = [side('new'), side('stable')]
    const batches = Object.fromEntries(streams.map((stream) => [stream.name, batchOf(stream, fresh, stable)]))
    state = judged(state, { at: at * 5 * second, batches })
  }
  const warm = polls / 2
  const timed = (work: (at: number) => void): number => {
    for (let at = 0; at < warm; at += 1) work(at)
    const began = process.cpuUsage()
    for (let at = warm; at < polls; at += 1) work(at)
    const { user, system } = process.cpuUsage(began)
    return (user + system) / 1000 / (polls - warm)
  }
  const parsing = timed((at) => void JSON.parse(texts[at] ?? ''))
  const milliseconds = timed((at) => poll(readings[at] as Reading, at + 1))
  return { milliseconds, ratio: milliseconds / parsing }
}
