/**
 * Reads the figures of all pods of a namespace again and again, as a release does: `scrape.ts SPEC`, in the network of a
 * lab. Prints which way it took and what it cost: CPU time as a part of the time of one core.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../../src/adapters/clock.ts'
import { connect } from '../../../src/adapters/kubernetes/connect.ts'
import { openMetrics } from '../../../src/adapters/metrics/index.ts'
import { second } from '../../../src/core/time.ts'

export interface ScrapeSpec {
  readonly kubeconfig: string
  readonly namespace: string
  readonly every: number
  readonly polls: number
}

export interface Scraped {
  readonly way: string
  readonly pods: number
  /** The first reading, which opens the connections. */
  readonly opening: number
  /** Of one core. */
  readonly share: number
}

const { kubeconfig, namespace, every, polls } = JSON.parse(process.argv[2] ?? '') as ScrapeSpec
const clock = systemClock
const call = { signal: new AbortController().signal, timeout: 10 * second }
await using cluster = await connect({ name: 'lab', kubeconfig, env: {}, clock, version: 'bench' })
const pods = (await cluster.list({ kind: 'Pod', namespace, labelSelector: 'app=web' }, call)).map(
  ({ metadata: { name, uid = '', annotations = {} } }) => ({ name, uid, track: 'new' as const, annotations }),
)
await using metrics = await openMetrics(
  {
    kind: 'pods',
    every,
    requests: { name: 'http_requests_total', matchers: [] },
    errors: { matchers: [{ label: 'code', op: '=~', value: '5..' }] },
    latency: { selector: { name: 'http_request_duration_seconds', matchers: [] }, unit: second },
  },
  {
    cluster: 'lab',
    door: cluster.door,
    namespace,
    service: 'web',
    versions: { new: '1.0.0', stable: '1.0.0' },
    env: {},
    clock,
  },
)
const read = async (): Promise<void> => {
  const reading = await metrics.read(pods, 0, call)
  if ('down' in reading) throw new Error(reading.down)
  if (reading.missing[0]) throw new Error(reading.missing[0].why)
}
const spent = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

const opening = spent()
await read()
const opened = process.cpuUsage()
const began = performance.now()
for (let poll = 1; poll <= polls; poll += 1) {
  await sleep(began + poll * every - performance.now())
  await read()
}
const scraped: Scraped = {
  way: metrics.name,
  pods: pods.length,
  opening: (opened.user + opened.system) / 1000 - opening,
  share: spent(opened) / (performance.now() - began),
}
process.stdout.write(JSON.stringify(scraped))
