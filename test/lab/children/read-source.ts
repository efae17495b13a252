/**
 * Reads figures where a cluster can be reached: `read-source.ts SPEC`, in a network namespace of the lab. Prints what was
 * read as JSON.
 */
import { systemClock } from '../../../src/adapters/clock.ts'
import { connect } from '../../../src/adapters/kubernetes/connect.ts'
import { openMetrics } from '../../../src/adapters/metrics/index.ts'
import type { MetricsSource, Reading, Unread } from '../../../src/core/metrics.ts'
import { minute } from '../../../src/core/time.ts'

export type ReadSpec = {
  readonly source: MetricsSource
  readonly kubeconfig: string
  readonly context?: string
  readonly namespace: string
  /** How often, one after the other; the last answer is printed. */
  readonly times?: number
}

/** Maps do not survive JSON. */
export type Told = {
  readonly name: string
  readonly reading:
    | Unread
    | (Omit<Reading, 'values' | 'complaints'> & {
        readonly values: Readonly<Record<string, number | null>>
        readonly complaints: Readonly<Record<string, string>>
      })
}

const { source, kubeconfig, context, namespace, times = 1 } = JSON.parse(process.argv[2] ?? '') as ReadSpec
const clock = systemClock
const call = { signal: new AbortController().signal, timeout: 20_000 }
await using cluster = await connect({ name: 'lab', kubeconfig, context, env: {}, clock, version: 'test' })
const pods = (await cluster.list({ kind: 'Pod', namespace, labelSelector: 'app=web' }, call))
  .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  .map(({ metadata: { name, uid = '', annotations = {} } }) => ({ name, uid, track: 'new' as const, annotations }))
await using metrics = await openMetrics(source, {
  cluster: 'lab',
  door: cluster.door,
  namespace,
  service: 'web',
  versions: { new: '2.0.0', stable: '1.0.0' },
  env: process.env,
  clock,
})
let reading: Reading | Unread = { down: 'nobody asked' }
for (let round = 0; round < times; round += 1) reading = await metrics.read(pods, minute, call)
const told: Told = {
  name: metrics.name,
  reading:
    'down' in reading
      ? reading
      : {
          ...reading,
          values: Object.fromEntries(reading.values),
          complaints: Object.fromEntries(reading.complaints ?? []),
        },
}
process.stdout.write(JSON.stringify(told, (_, value: unknown) => (value === Infinity ? '+Inf' : value)))
