import type { Pod } from '../../core/objects.ts'
import type { Millis } from '../../core/time.ts'
import { profileOf } from '../rules/profile.ts'
import type { SimCluster } from '../sim.ts'
import { bounds, type Counters } from '../traffic/meter.ts'

/** What the application in a pod answers to one request. */
export interface AppAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Of the world's time. */
  readonly after: Millis
}

/** `null`: nothing listens there. `hangs`: it takes the request and says nothing. */
export function answerOf(cluster: SimCluster, pod: Pod, port: number, path: string): AppAnswer | 'hangs' | null {
  const [container] = pod.status?.containerStatuses ?? []
  if (container?.state?.running === undefined || !portsOf(pod).includes(port)) return null
  const { version, hangs, errorPercent, latency } = profileOf(pod)
  const { uid = '', name } = pod.metadata
  const { restartCount: restarts } = container
  if (path === '/metrics') {
    const body = metrics(cluster.inside.meter.read(uid, restarts), version)
    return { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4' }, body, after: 0 }
  }
  if (path === '/healthz') return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok\n', after: 0 }
  if (hangs) return 'hangs'
  const isBad = Math.random() * 100 < errorPercent
  cluster.inside.meter.count({ part: 1, version, pod: uid, failing: isBad ? 1 : 0, latency, restarts, hangs }, 1)
  return {
    status: isBad ? 500 : 200,
    headers: { 'content-type': 'application/json', 'x-version': version, 'x-pod': name },
    body: `${JSON.stringify({ version, pod: name, namespace: pod.metadata.namespace, path })}\n`,
    after: latency,
  }
}

/** What its containers declare; the usual one when they declare none. */
export function portsOf(pod: Pod): number[] {
  const declared = pod.spec.containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort))
  return declared.length > 0 ? declared : [8080]
}

const histogram = 'http_request_duration_seconds'

/** The families that clients of Prometheus in most languages have; whole numbers, as they count. */
function metrics(counters: Counters | null, version: string): string {
  const { succeeded, failed, within, seconds } = counters ?? { succeeded: 0, failed: 0, within: [], seconds: 0 }
  const whole = (value: number): number => Math.floor(value + 1e-9)
  const [good, bad] = [whole(succeeded), whole(failed)]
  return [
    '# TYPE http_requests_total counter',
    ...(good > 0 ? [`http_requests_total{method="GET",code="200"} ${good}`] : []),
    ...(bad > 0 ? [`http_requests_total{method="GET",code="500"} ${bad}`] : []),
    `# TYPE ${histogram} histogram`,
    ...bounds.map((bound, n) => `${histogram}_bucket{le="${bound}"} ${Math.min(good + bad, whole(within[n] ?? 0))}`),
    `${histogram}_bucket{le="+Inf"} ${good + bad}`,
    `${histogram}_sum ${seconds}`,
    `${histogram}_count ${good + bad}`,
    '# TYPE app_info gauge',
    `app_info{tag="${version}"} 1`,
    '',
  ].join('\n')
}
